import type { Allocation } from '../protocol/answers/allocation.ts';
import type { Supervised } from './child/supervise.ts';
import type { RunLease } from './leases/obtain.ts';
import { createReadyCheck, listensBySystem, type Watched } from './leases/readiness.ts';
import { waitUntil } from './leases/wait-until.ts';

/** For `run --wait`. */
export interface WaitReporter {
  /** @param allocation undefined without a coordinator */
  ready(port: number, allocation: Allocation | undefined): void;
  /** Said before the command is ended. */
  late(port: number, timeoutMs: number): void;
}

/** Ends a command that does not listen in time. @returns whether it was ended */
export async function endUnlessListening(
  { coordinator, changes }: Watched<'check'>,
  child: Supervised,
  { allocation: { port, lock_id: id }, unreserved }: RunLease,
  timeoutMs: number,
  report: WaitReporter,
): Promise<boolean> {
  const isReady = createReadyCheck();
  const served = async (): Promise<Allocation | undefined> => {
    // A daemon that is just being replaced is no reason to fail: the next question goes to its successor.
    const { allocation } = await coordinator.check(port).catch(() => ({ allocation: null }));
    return allocation && allocation.lock_id === id && isReady(allocation) ? allocation : undefined;
  };
  const ask = async (): Promise<{ allocation: Allocation | undefined } | undefined> => {
    const allocation = unreserved ? undefined : await served();
    const listens = unreserved ? await listensBySystem(port) : allocation !== undefined;
    return listens ? { allocation } : undefined;
  };
  const over = new AbortController();
  void child.outcome.finally(() => over.abort());
  const wakeUps = unreserved ? [] : [changes];
  const ready = await waitUntil(ask, { timeoutMs, wakeUps, signal: over.signal });
  if (ready) report.ready(port, ready.allocation);
  if (ready || over.signal.aborted) return false;
  report.late(port, timeoutMs);
  await child.end();
  return true;
}
