import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import { pidOf, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { createWakeTimer } from '../../system/wake-timer.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Observer } from './observer.ts';
import type { States } from './states.ts';

export interface SweepParts {
  readonly state: { readonly leases: LeaseTable };
  readonly ledger: Pick<Ledger, 'subscribe'>;
  readonly observer: Pick<Observer, 'observe' | 'portsInUse'>;
  readonly states: Pick<States, 'isBound'>;
  /** A clock that never jumps. ms */
  readonly uptime: Clock;
  readonly log: Logger;
}

/**
 * Pauses between observations of a lease whose program was started and does not listen where it should: its user is told
 * within a second that it does. A build may take minutes; what has not come up by then is no server. ms
 */
const STARTED_PAUSES_MS = [
  150,
  200,
  200,
  ...Array<number>(120).fill(500),
  ...Array<number>(240).fill(1000),
  ...Array<number>(120).fill(5000),
];
/** Where the ports in use are told by a program that has to be run. */
const STARTED_PAUSES_ELSEWHERE_MS = [
  150, 250, 400, 700, 1000, 1500, 2500, 4000, 6000, 10_000, 15_000, 30_000,
];
/** After this many, observe only when other ports are in use than at the last one. */
const CERTAIN_OBSERVATIONS = 6;
/** The same where only a holder is known: whether it listens is good to know, and nothing depends on it. ms */
const HELD_PAUSES_MS = [1000, 4000, 10_000];
/** What is due within this time of each other is one observation. ms */
const SAME_OBSERVATION_MS = 50;
/** Observations after a pause of that or more wait for a common moment, however many leases there are. ms */
const COMMON_MOMENT_MS = 500;

interface Expected {
  readonly dueAt: number;
  readonly step: number;
}

/** Observes the machine while a program that was started is expected to come up. No lease, no timer. */
export function createSweep(parts: SweepParts): { close(): void } {
  const { observer, states, uptime, log } = parts;
  const { leases } = parts.state;
  const expected = new Map<string, Expected>();
  const timer = createWakeTimer(uptime, () => void observeDue());
  /** In use at the last observation, if that was read. */
  let lastPorts: string | undefined;

  function expect(id: string, step: number): void {
    const lease = leases.get(id);
    const pauseMs = lease && pausesOf(lease)[step];
    if (pauseMs === undefined) return void expected.delete(id);
    const at = uptime() + pauseMs;
    const dueAt = pauseMs < COMMON_MOMENT_MS ? at : Math.round(at / COMMON_MOMENT_MS) * COMMON_MOMENT_MS;
    expected.set(id, { dueAt, step });
    timer.at(dueAt);
  }

  async function observeDue(): Promise<void> {
    const limit = uptime() + SAME_OBSERVATION_MS;
    const due = [...expected].filter(([, { dueAt }]) => dueAt <= limit);
    for (const [id] of due) expected.delete(id);
    try {
      if (due.length > 0) await observeFor(due.map(([id, { step }]) => ({ lease: leases.get(id), step })));
    } catch (error) {
      log.warn('the listeners could not be read', { error: messageOf(error) });
    }
    for (const [id, { step }] of due) if (!expected.has(id) && !states.isBound(id)) expect(id, step + 1);
    for (const { dueAt } of expected.values()) timer.at(dueAt);
  }

  /** An observation costs more the more sockets and processes there are; the ports alone are cheap. */
  async function observeFor(due: readonly { lease: Lease | undefined; step: number }[]): Promise<void> {
    if (due.some(({ lease, step }) => lease?.service && step < CERTAIN_OBSERVATIONS)) {
      lastPorts = undefined;
      await observer.observe();
      return;
    }
    const inUse = await observer.portsInUse();
    const ports = [...inUse].toSorted((a, b) => a - b).join();
    const isNews = due.some(({ lease }) =>
      lease?.service ? ports !== lastPorts : lease && inUse.has(lease.port),
    );
    if (!isNews) return;
    lastPorts = ports;
    await observer.observe();
  }

  parts.ledger.subscribe({
    changed(lease, before) {
      const hasDrifted = lease.driftedTo !== undefined && lease.driftedTo !== before?.driftedTo;
      const isNew = lease.holds !== before?.holds || lease.service !== before.service;
      // What is new is observed soon, and then less and less often.
      if (isNew || hasDrifted) expect(lease.id, 0);
    },
    ended({ id }) {
      if (expected.delete(id) && expected.size === 0) timer.clear();
    },
  });

  return {
    close() {
      timer.clear();
      expected.clear();
    },
  };
}

function pausesOf({ service, holds }: Lease): readonly number[] {
  if (service) return process.platform === 'linux' ? STARTED_PAUSES_MS : STARTED_PAUSES_ELSEWHERE_MS;
  return holds.some(({ holder }) => pidOf(holder) !== undefined) ? HELD_PAUSES_MS : [];
}
