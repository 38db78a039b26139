import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import type { AgentContract } from './contract.ts';
import { copilotCli } from './copilot-cli.ts';
import { cursor } from './cursor.ts';
import { geminiCli } from './gemini-cli.ts';
import { opencode } from './opencode.ts';

/** Every agent that Styxy can be a hook of. */
export const AGENTS: readonly AgentContract[] = [claudeCode, codex, geminiCli, cursor, opencode, copilotCli];

export function agentNamed(name: string): AgentContract | undefined {
  return AGENTS.find((agent) => agent.name === name);
}
