import { type AgentContract, type HookEvent, recordOf, textOf } from './contract.ts';

/** Both hand their `command` to a shell. */
const SHELL_TOOLS: readonly unknown[] = ['Bash', 'Monitor'];

/**
 * Claude Code (2.0.10 and later). `updatedInput` takes the place of the whole input, so that it must hold every field.
 * A decision is given only when there is one: `allow` would run what the user has not allowed.
 * Codex and Copilot can hand it their own payloads: what is missing is no reason to fail.
 */
export const claudeCode: AgentContract = {
  name: 'claude-code',
  prefix: 'claude',
  read: readClaudeEvent,
  answer(decision, event) {
    if (decision.kind === 'deny') return denial(decision.reason);
    return {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        ...(decision.isAllowed && {
          permissionDecision: 'allow',
          permissionDecisionReason: 'your own rules allow this command',
        }),
        updatedInput: { ...event.input, command: decision.command },
        additionalContext: decision.context,
      },
    };
  },
  welcome: (text) => ({ hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: text } }),
};

export function denial(reason: string): Record<string, unknown> {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  };
}

export function readClaudeEvent(said: Readonly<Record<string, unknown>>): HookEvent | undefined {
  const input = recordOf(said.tool_input) ?? {};
  const base = {
    cwd: textOf(said.cwd) ?? '',
    sessionId: textOf(said.session_id),
    input,
    command: textOf(input.command) ?? '',
  };
  switch (said.hook_event_name) {
    case 'PreToolUse':
      return SHELL_TOOLS.includes(said.tool_name) ? { ...base, kind: 'command' } : undefined;
    case 'SessionStart':
      return { ...base, kind: 'session-start' };
    case 'SessionEnd':
      return { ...base, kind: 'session-end', goesOn: said.reason === 'clear' || said.reason === 'resume' };
    case 'WorktreeRemove':
      return { ...base, kind: 'worktree-removed', folder: textOf(said.worktree_path) };
    default:
      return undefined;
  }
}
