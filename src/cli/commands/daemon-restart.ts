import { stopDaemon } from '../../client/stop-daemon.ts';
import type { Context } from '../context.ts';

export async function execute(
  { paths, coordinator, out }: Context,
  { json }: { json?: boolean },
): Promise<number> {
  const previous = await stopDaemon(paths);
  const status = await coordinator.status();
  if (json) out.json({ ...status, previous_pid: previous ?? null });
  else
    out.note(
      `the daemon runs (pid ${status.pid}, version ${status.version}) with ${status.allocations} leases`,
    );
  return 0;
}
