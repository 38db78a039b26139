import { formatDuration } from '../../base/duration.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { StatusAnswer } from '../../protocol/allocation.ts';
import type { Context } from '../context.ts';
import { repairsOf } from '../repairs.ts';
import { facts } from '../table.ts';

export async function execute(
  { runningDaemon, out }: Context,
  { json }: { json?: boolean },
): Promise<number> {
  const status = await runningDaemon.status().catch((error: unknown) => {
    if (error instanceof StyxyError && error.code === 'DAEMON_UNREACHABLE' && error.details.running === false)
      return undefined;
    throw error;
  });
  if (json) out.json(status ?? { running: false });
  else
    out.data(
      status
        ? describe(status)
        : 'not running; it starts by itself with the next styxy command that needs it',
    );
  return status ? 0 : 1;
}

function describe(status: StatusAnswer): string {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  return facts([
    [
      'daemon',
      `running for ${formatDuration(status.uptime_ms)} (pid ${status.pid}, version ${status.version})`,
    ],
    ['leases', String(status.allocations)],
    [
      'address',
      status.http_port === null ? 'socket only' : `socket and http://127.0.0.1:${status.http_port}`,
    ],
    ['memory', `${megabytes(status.memory.rss)}, of which ${megabytes(status.memory.heap_used)} heap`],
    ['last start', repairsOf(status.recovery.system_recovery).join(', ')],
    ...status.notices.map((notice) => ['notice', notice] as const),
  ]);
}
