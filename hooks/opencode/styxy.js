// Styxy for opencode. Written by `styxy hook install --agent opencode`; `styxy hook uninstall` takes it away.
import { spawnSync } from 'node:child_process';

const HOOK = '__HOOK__';

/** Whatever goes wrong, the command runs as it is. */
function ask(event) {
  try {
    const { stdout } = spawnSync(HOOK, {
      input: JSON.stringify(event),
      encoding: 'utf8',
      shell: true,
      timeout: 5000,
    });
    return stdout ? JSON.parse(stdout) : {};
  } catch {
    return {};
  }
}

export const Styxy = async ({ directory }) => ({
  'tool.execute.before': async ({ tool, sessionID, callID }, output) => {
    if (tool !== 'bash') return;
    const { deny, args } = ask({
      event: 'tool.execute.before',
      tool,
      sessionID,
      callID,
      directory,
      args: output.args,
    });
    if (deny) throw new Error(deny);
    if (args?.command) output.args.command = args.command;
  },
  'shell.env': async ({ sessionID }, output) => {
    const id = (sessionID ?? '')
      .replace(/[^a-z0-9]/gi, '')
      .slice(-8)
      .toLowerCase();
    if (id) output.env.STYXY_INSTANCE ??= `opencode-${id}`;
  },
  event: async ({ event }) => {
    if (event.type !== 'session.created' && event.type !== 'session.deleted') return;
    ask({ event: event.type, sessionID: event.properties?.info?.id, directory });
  },
});
