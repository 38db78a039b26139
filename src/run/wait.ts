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

export interface WaitParts extends Watched<'check'> {
  /** The lease of a run inside the command, by which it serves instead. @param isLate nothing else has come up in time */
  readonly innerThatServes: (isLate: boolean) => Allocation | undefined;
}

/** Ends a command that does not listen in time. @returns whether it was ended */
export async function endUnlessListening(
  { coordinator, changes, innerThatServes }: WaitParts,
  child: Supervised,
  { allocation: { port, lock_id: id }, unreserved }: RunLease,
  timeoutMs: number,
  report: WaitReporter,
): Promise<boolean> {
  const isServing = createReadyCheck();
  const served = async (): Promise<Allocation | undefined> => {
    // A daemon that is just being replaced is no reason to fail: the next question goes to its successor.
    const { allocation } = await coordinator.check(port).catch(() => ({ allocation: null }));
    return allocation && allocation.lock_id === id && isServing(allocation) ? allocation : undefined;
  };
  const ask = async (): Promise<{ allocation: Allocation | undefined } | undefined> => {
    const allocation = unreserved ? undefined : (innerThatServes(false) ?? (await served()));
    const listens = unreserved ? await listensBySystem(port) : allocation !== undefined;
    return listens ? { allocation } : undefined;
  };
  const over = new AbortController();
  const abort = (): void => over.abort();
  child.outcome.then(abort, abort);
  const wakeUps = unreserved ? [] : [changes];
  const listens = await waitUntil(ask, { timeoutMs, wakeUps, signal: over.signal });
  if (!listens && over.signal.aborted) return false;
  const inner = innerThatServes(true);
  const ready = listens ?? (inner && { allocation: inner });
  if (ready) {
    report.ready(ready.allocation?.port ?? port, ready.allocation);
    return false;
  }
  report.late(port, timeoutMs);
  // What fails is tried again, and told, when the command has ended.
  await child.end().catch(() => undefined);
  return true;
}
