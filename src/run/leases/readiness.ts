import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { settledAfterMs } from '../../protocol/drift.ts';
import { waitUntil, type WakeUp } from './wait-until.ts';

/** Who is asked about leases, and what tells when to ask again. */
export interface Watched<Method extends keyof Coordinator> {
  readonly coordinator: Pick<Coordinator, Method>;
  readonly changes: WakeUp;
}

/**
 * The lease of a service that runs already, as it is now.
 * @param waitMs wait so long for its program to listen; undefined: it need not
 * @param signal gives up early
 * @returns `gone` when it has ended, `late` when the time is over
 */
export async function joinRunning(
  { coordinator, changes }: Watched<'check'>,
  { port, lock_id: id }: Pick<Allocation, 'port' | 'lock_id'>,
  waitMs: number | undefined,
  signal?: AbortSignal,
): Promise<Allocation | 'gone' | 'late'> {
  if (waitMs === undefined) {
    const { allocation } = await coordinator.check(port);
    return allocation?.lock_id === id ? allocation : 'gone';
  }
  const isReady = createReadyCheck();
  const ask = async (): Promise<Allocation | 'gone' | undefined> => {
    // A daemon that is just being replaced is no reason to fail: the next question goes to its successor.
    const seen = await coordinator.check(port).catch(() => undefined);
    if (!seen) return undefined;
    const { allocation } = seen;
    if (allocation?.lock_id !== id) return 'gone';
    return isReady(allocation) ? allocation : undefined;
  };
  return (
    (await waitUntil(ask, { timeoutMs: waitMs, wakeUps: [changes], ...(signal && { signal }) })) ?? 'late'
  );
}

/**
 * Tells of one lease, answer by answer, whether its program serves: on its port, or for good on another one.
 * @param now a clock that never jumps, ms
 */
export function createReadyCheck(
  now = () => performance.now(),
): (seen: Pick<Allocation, 'state' | 'actual_ports'>) => boolean {
  let drifted: { to: string; since: number } | undefined;
  return ({ state, actual_ports: ports }) => {
    if (state !== 'drifted') {
      drifted = undefined;
      return state === 'bound';
    }
    const to = ports.join();
    if (drifted?.to !== to) drifted = { to, since: now() };
    return now() - drifted.since >= settledAfterMs(ports);
  };
}

/** Its program listens, on its port or on another one. */
export const isListening = ({ state }: Allocation): boolean => state === 'bound' || state === 'drifted';

/** For people: that a server is ready, and not where it should be; undefined when there is nothing to say. */
export function describeDrift({
  state,
  port,
  actual_ports: ports,
  service_name: name,
  service_type: type,
}: Allocation): string | undefined {
  return state === 'drifted'
    ? `${name ?? type} listens on ${ports.join(', ')} instead of its port ${port}`
    : undefined;
}

/** The port has a listener of whatever program: all that can be told without a coordinator. */
export async function listensBySystem(port: number): Promise<boolean> {
  const { portsInUse } = await import('../../system/ports/listeners.ts');
  return (await portsInUse()).has(port);
}
