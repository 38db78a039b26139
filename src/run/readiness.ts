import type { Coordinator } from '../protocol/coordinator.ts';
import { sleep } from '../system/sleep.ts';

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

/** The port has a listener; if it is leased, one of the lease's own holder. @throws StyxyError */
export async function listensByCoordinator(
  coordinator: Pick<Coordinator, 'check'>,
  port: number,
): Promise<boolean> {
  const { allocation, listener } = await coordinator.check(port);
  return allocation ? allocation.state === 'bound' : listener !== null;
}

/** The port has a listener, whoever it is: all that can be told when nobody coordinates. */
export async function listensBySystem(port: number): Promise<boolean> {
  const { portsInUse } = await import('../system/ports/listeners.ts');
  return (await portsInUse()).has(port);
}
