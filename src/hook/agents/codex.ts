import { denial, readClaudeEvent } from './claude-code.ts';
import type { AgentContract } from './contract.ts';

/**
 * Codex (0.131 and later). It takes `updatedInput` with `allow` only, which skips none of its own approvals, and refuses
 * keys that it does not know. Its shell is a login shell.
 */
export const codex: AgentContract = {
  name: 'codex',
  prefix: 'codex',
  usesLoginShell: true,
  read: readClaudeEvent,
  answer(decision) {
    if (decision.kind === 'deny') return denial(decision.reason);
    return {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'allow',
        updatedInput: { command: decision.command },
        additionalContext: decision.context,
      },
    };
  },
  welcome: (text) => ({ hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: text } }),
};
