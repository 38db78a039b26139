import type { Command } from 'commander';
import { AGENTS } from '../../hook/agents/table.ts';
import type { Define } from '../words/define.ts';

/** Commands for coding agents: what their hooks run. */
export function defineHook(define: Define, program: Command): void {
  program.commandsGroup('For coding agents:');
  const hook = program
    .command('hook')
    .description('put the servers that a coding agent starts on ports of their own');
  for (const { name } of AGENTS) {
    define(
      hook,
      name,
      `answer an event of ${name}: its JSON on stdin, ours on stdout, and always exit code 0`,
      'styxy hook claude-code < event.json'.replace('claude-code', name),
      async () => {
        const { printAnswer } = await import('./answer.ts');
        return { execute: ({ env }) => printAnswer(name, env) };
      },
    );
  }
}
