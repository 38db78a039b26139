import type { Connection } from '../../client/connection.ts';
import { holdLease } from '../../client/held-lease.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { asksToEnd, onForwardedSignals } from '../../run/child/signals.ts';
import type { Watched } from '../../run/leases/readiness.ts';
import type { PortRequest } from '../../run/plan/requests.ts';
import { createAlarm } from '../../system/alarm.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';

/** Events tell what changes; this is for the case that they can't be had. ms */
const CHECK_EVERY_MS = 5000;

interface ShareParts extends Watched<'check'> {
  readonly connection: Connection;
}

/**
 * Keeps a share of a service of which there is one, until this run is asked to end.
 * @returns undefined when nobody serves any more
 */
export async function shareUntilEnd(
  { connection, coordinator, changes }: ShareParts,
  request: PortRequest,
  { lock_id: id, port }: Pick<Allocation, 'lock_id' | 'port'>,
): Promise<ExitStatus | undefined> {
  const share = await holdLease(connection, { ...request, serves: undefined });
  const alarm = createAlarm();
  let signal: NodeJS.Signals | undefined;
  let isLost = share.allocation.lock_id !== id;
  share.onLost(() => {
    isLost = true;
    alarm.ring();
  });
  const stops = [
    changes(alarm.ring),
    onForwardedSignals((each) => {
      if (!asksToEnd(each)) return;
      signal = each;
      alarm.ring();
    }),
  ];
  try {
    while (signal === undefined && !isLost) {
      // A daemon that is just being replaced has no answer, and its successor has the same leases.
      const seen = await coordinator.check(port).catch(() => undefined);
      if (seen && !isServed(seen.allocation, id)) return undefined;
      await alarm.within(CHECK_EVERY_MS);
    }
  } finally {
    for (const stop of stops) stop();
    await share.release();
  }
  return signal === undefined ? undefined : { code: null, signal };
}

/** By another one, or by what another one has left running. */
function isServed(lease: Allocation | null, id: string): boolean {
  if (lease?.lock_id !== id) return false;
  return lease.holder.pid !== process.pid || lease.state !== 'granted';
}
