import type { Context } from '../context.ts';

interface Flags {
  json?: boolean;
}

/** Any request starts the daemon; this one asks only how it is. */
export async function start({ coordinator, out }: Context, { json }: Flags): Promise<number> {
  const status = await coordinator.status();
  if (json) out.json(status);
  else out.note(`the daemon runs (pid ${status.pid}, version ${status.version})`);
  return 0;
}

export async function stop({ paths, out }: Context, { json }: Flags): Promise<number> {
  const { stopDaemon } = await import('../../client/stop-daemon.ts');
  const stopped = await stopDaemon(paths);
  if (json) out.json({ stopped: stopped !== undefined, pid: stopped ?? null });
  else out.note(stopped === undefined ? 'the daemon was not running' : `stopped the daemon (pid ${stopped})`);
  return 0;
}
