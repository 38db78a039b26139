import { type AgentContract, recordOf, textOf } from './contract.ts';

/** opencode loads a plugin of ours, which asks in these words and does what is answered. */
export const opencode: AgentContract = {
  name: 'opencode',
  prefix: 'opencode',
  read(said) {
    const input = recordOf(said.args) ?? {};
    const base = {
      cwd: textOf(input.workdir) || textOf(said.directory) || '',
      // The ids begin with the time: only their ends differ.
      sessionId: textOf(said.sessionID)?.slice(-8),
      input,
      command: textOf(input.command) ?? '',
    };
    switch (said.event) {
      case 'tool.execute.before':
        return said.tool === 'bash' ? { ...base, kind: 'command' } : undefined;
      case 'session.created':
        return { ...base, kind: 'session-start' };
      case 'session.deleted':
        return { ...base, kind: 'session-end' };
      default:
        return undefined;
    }
  },
  answer: (decision) =>
    decision.kind === 'deny' ? { deny: decision.reason } : { args: { command: decision.command } },
  welcome: (text) => ({ context: text }),
};
