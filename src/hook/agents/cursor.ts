import { type AgentContract, recordOf, textOf } from './contract.ts';

/** Cursor: `preToolUse` for the tool Shell. It wants a JSON object whatever there is to say. */
export const cursor: AgentContract = {
  name: 'cursor',
  prefix: 'cursor',
  silence: {},
  read(said) {
    const input = recordOf(said.tool_input) ?? {};
    const base = {
      cwd: textOf(input.working_directory) || textOf(said.cwd) || '',
      sessionId: textOf(said.conversation_id) ?? textOf(said.session_id),
      input,
      command: textOf(input.command) ?? '',
    };
    switch (said.hook_event_name) {
      case 'preToolUse':
        return said.tool_name === 'Shell' ? { ...base, kind: 'command' } : undefined;
      case 'sessionStart':
        return { ...base, kind: 'session-start' };
      case 'sessionEnd':
        return { ...base, kind: 'session-end' };
      default:
        return undefined;
    }
  },
  answer(decision, event) {
    if (decision.kind === 'deny')
      return { permission: 'deny', user_message: decision.reason, agent_message: decision.reason };
    return { permission: 'allow', updated_input: { ...event.input, command: decision.command } };
  },
  welcome: (text) => ({ additional_context: text }),
};
