import { type AgentContract, recordOf, textOf } from './contract.ts';

/** Gemini CLI: what the answer holds is merged over the tool's input, or takes its place: it must hold every field. */
export const geminiCli: AgentContract = {
  name: 'gemini-cli',
  prefix: 'gemini',
  read(said) {
    const input = recordOf(said.tool_input) ?? {};
    const folder = textOf(input.dir_path) ?? textOf(input.directory);
    const cwd = textOf(said.cwd) ?? '';
    const base = {
      cwd: folder === undefined ? cwd : within(cwd, folder),
      sessionId: textOf(said.session_id),
      input,
      command: textOf(input.command) ?? '',
    };
    switch (said.hook_event_name) {
      case 'BeforeTool':
        return said.tool_name === 'run_shell_command' ? { ...base, kind: 'command' } : undefined;
      case 'SessionStart':
        return { ...base, kind: 'session-start' };
      case 'SessionEnd':
        return { ...base, kind: 'session-end' };
      default:
        return undefined;
    }
  },
  answer(decision, event) {
    if (decision.kind === 'deny') return { decision: 'deny', reason: decision.reason };
    const tool_input = { ...event.input, command: decision.command };
    return { hookSpecificOutput: { hookEventName: 'BeforeTool', tool_input } };
  },
  welcome: (text) => ({ hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: text } }),
};

function within(cwd: string, folder: string): string {
  return folder.startsWith('/') || /^[a-z]:[\\/]/i.test(folder) ? folder : `${cwd}/${folder}`;
}
