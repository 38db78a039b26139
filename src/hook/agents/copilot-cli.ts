import { readClaudeEvent } from './claude-code.ts';
import { type AgentContract, recordOf, textOf } from './contract.ts';

const SHELL_TOOLS: readonly unknown[] = ['shell', 'bash'];

/** Copilot CLI: the events of camelCase name have fields of camelCase, those of PascalCase the fields of Claude Code. */
export const copilotCli: AgentContract = {
  name: 'copilot-cli',
  prefix: 'copilot',
  read(said) {
    if (said.hook_event_name !== undefined) return readClaudeEvent(said);
    const input = argumentsOf(said.toolArgs);
    const base = {
      cwd: textOf(said.cwd) ?? '',
      sessionId: textOf(said.sessionId),
      input,
      command: textOf(input.command) ?? '',
    };
    // Its payloads do not name the event: only a tool's has a tool, only a session's start has a source.
    if (said.toolName !== undefined)
      return SHELL_TOOLS.includes(said.toolName) ? { ...base, kind: 'command' } : undefined;
    if (said.source !== undefined) return { ...base, kind: 'session-start' };
    return said.reason === undefined ? undefined : { ...base, kind: 'session-end' };
  },
  answer(decision, event) {
    if (decision.kind === 'deny')
      return { permissionDecision: 'deny', permissionDecisionReason: decision.reason };
    return {
      modifiedArgs: { ...event.input, command: decision.command },
      additionalContext: decision.context,
    };
  },
  welcome: (text) => ({ additionalContext: text }),
};

/** An object, or its JSON. */
function argumentsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'string') return recordOf(value) ?? {};
  try {
    return recordOf(JSON.parse(value)) ?? {};
  } catch {
    return {};
  }
}
