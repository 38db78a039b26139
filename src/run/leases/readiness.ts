import type { Allocation } from '../../protocol/allocation.ts';
import { settledAfterMs } from '../../protocol/drift.ts';
import { sleep } from '../../system/sleep.ts';

const LOOK_EVERY_MS = 150;

/** @returns whether `listens` became true in time, before the signal fired */
export async function waitForListener(
  listens: () => Promise<boolean>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!signal?.aborted) {
    if (await listens()) return true;
    if (Date.now() >= deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

/**
 * Tells of one lease, look by look, whether its program serves: on its port, or for good on another one.
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

/** The port has a listener, whoever it is: all that can be told when nobody coordinates. */
export async function listensBySystem(port: number): Promise<boolean> {
  const { portsInUse } = await import('../../system/ports/listeners.ts');
  return (await portsInUse()).has(port);
}
