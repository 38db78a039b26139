import { stopDaemon } from '../../client/stop-daemon.ts';
import type { Context } from '../context.ts';

export async function execute({ paths, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const stopped = await stopDaemon(paths);
  if (json) out.json({ stopped: stopped !== undefined, pid: stopped ?? null });
  else out.note(stopped === undefined ? 'the daemon was not running' : `stopped the daemon (pid ${stopped})`);
  return 0;
}
