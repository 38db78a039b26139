import type { Command } from 'commander';
import type { Define } from '../words/define.ts';

/** For agents that speak the Model Context Protocol. */
export function defineMcp(define: Define, program: Command): void {
  define(
    program,
    'mcp',
    'tools for coding agents over the Model Context Protocol, on stdin and stdout; an agent starts it by its settings',
    'claude mcp add styxy -- styxy mcp',
    () => import('./serve.ts'),
  ).summary('MCP server on stdin and stdout, for coding agents');
}
