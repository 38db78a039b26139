import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { RestartQuery } from '../../protocol/requests/allocate.ts';
import { recallStart, rememberStart, type ServiceStart } from '../../run/child/service-start.ts';
import { endedBy, endLease } from '../../run/leases/end-lease.ts';
import { createReadyCheck, isListening } from '../../run/leases/readiness.ts';
import { loadEndGrace } from '../../run/leases/settings.ts';
import { waitUntil } from '../../run/leases/wait-until.ts';
import { wrapperEndLimit } from '../../settings/defaults.ts';
import { identify, isAlive } from '../../system/process/identity.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { noteAlong } from '../run/along.ts';
import type { RunFlags } from '../run/flags.ts';

/* Services whose output is at a terminal: their starter starts them again there. */

/** How long the one at the terminal may take to start it again. ms */
const START_MS = 10_000;

/** A run starts its command again, and so all programs of it. */
export const STARTS_AGAIN = ['starts again', 'start again'] as const;

interface Attached {
  start: ServiceStart;
  lease: Allocation;
  log: string;
}

/** Ends a service of a `styxy up` at a terminal, which starts it again. @returns the exit code */
export async function restartAttached(
  context: Context,
  { start, lease, log }: Attached,
  { wait = false, timeout, json = false }: Pick<RunFlags, 'json' | 'wait' | 'timeout'>,
): Promise<number> {
  const { coordinator, changes, out } = context;
  await rememberStart(log, { ...start, restart: true });
  try {
    const by = endedBy('restart', context.cwd);
    await during(
      out,
      () => `${nameOf(lease)} to end`,
      () => endLease({ ...context, by }, lease),
    );
  } catch (error) {
    await takeBack(log, start);
    throw error;
  }
  const serves = createReadyCheck();
  const ask = async (): Promise<Allocation | undefined> => {
    const { allocations } = await coordinator.list({ project: lease.project_path ?? undefined });
    const next = allocations.find((each) => isNext(each, lease));
    return next && (!wait || serves(next)) ? next : undefined;
  };
  const timeoutMs = wait ? timeout : START_MS;
  const next = await during(out, goal(lease, wait), () => waitUntil(ask, { timeoutMs, wakeUps: [changes] }));
  if (!next) throw notAgain(lease, start, timeoutMs);
  if (json) {
    const pid = next.holder.pid ?? null;
    out.json({ success: true, ...next, existing: false, ready: isListening(next), pid, log });
  } else out.line(next.url);
  return 0;
}

const nameOf = ({ service_name: name, service_type: type }: Allocation): string => name ?? type;

const goal = (lease: Allocation, wait: boolean) => (): string =>
  `${nameOf(lease)} to ${wait ? 'listen' : 'start'} again`;

/** What was not ended by us is not to start again when somebody else ends it. */
async function takeBack(log: string, { pid }: ServiceStart): Promise<void> {
  const latest = recallStart(log);
  if (latest?.restart !== true || latest.pid !== pid) return;
  const { restart: _, ...start } = latest;
  await rememberStart(log, start);
}

/** The same service under another lease. */
function isNext(
  { lock_id: id, service_name: name, project_path: path }: Allocation,
  before: Allocation,
): boolean {
  return id !== before.lock_id && name === before.service_name && path === before.project_path;
}

function notAgain({ service_name: name }: Allocation, { attachedTo }: ServiceStart, ms: number): StyxyError {
  return new StyxyError('TIMED_OUT', `"${name}" was ended, and is not there again after ${ms / 1000} s`, {
    why: `it belongs to the styxy up of pid ${attachedTo}, which has not started it, or it does not listen`,
    hint: `styxy logs ${name} shows what it printed; styxy up starts it`,
  });
}

/**
 * Has a run that was started elsewhere, at a terminal for instance, start its command again there. @returns the exit code
 * @throws StyxyError USAGE for what takes no orders
 */
export async function restartByOrder(
  context: Context,
  before: Allocation,
  { wait = false, timeout, json = false }: Pick<RunFlags, 'json' | 'wait' | 'timeout'>,
): Promise<number> {
  const { coordinator, changes, out } = context;
  await order(context, before);
  const serves = createReadyCheck();
  const ask = async (): Promise<Allocation | 'gone' | undefined> => {
    // The daemon may just be replaced.
    const checked = await coordinator.check(before.port).catch(() => undefined);
    if (!checked) return undefined;
    const now = checked.allocation;
    if (now?.lock_id !== before.lock_id) return 'gone';
    return !isStartedAgain(now, before) || (wait && !serves(now)) ? undefined : now;
  };
  const timeoutMs = wait ? timeout : wrapperEndLimit(await loadEndGrace(coordinator)) + START_MS;
  const now = await during(out, goal(before, wait), () => waitUntil(ask, { timeoutMs, wakeUps: [changes] }));
  if (now === undefined || now === 'gone') throw notThereAgain(before, timeoutMs, now === 'gone');
  if (json)
    out.json({
      success: true,
      ...now,
      existing: false,
      ready: isListening(now),
      pid: now.holder.pid ?? null,
    });
  else out.line(now.url);
  return 0;
}

/**
 * Has a run that was started elsewhere go on at another port: its starter shows its output. Resolves when it listens.
 * @returns the service there
 * @throws StyxyError USAGE for what takes no orders, SERVICE_ENDED, TIMED_OUT
 */
export async function moveByOrder(
  context: Context,
  before: Allocation,
  where: Required<Pick<RestartQuery, 'preferred_port'>> & RestartQuery,
  timeoutMs: number,
): Promise<Allocation> {
  const { coordinator, changes, out } = context;
  const holder = before.holder.pid === undefined ? undefined : identify(before.holder.pid);
  await order(context, before, where);
  const serves = createReadyCheck();
  const ask = async (): Promise<Allocation | 'gone' | 'stayed' | undefined> => {
    // The daemon may just be replaced.
    const found = await coordinator
      .list({ project: before.project_path ?? undefined })
      .catch(() => undefined);
    if (!found) return undefined;
    const next = found.allocations.find((each) => isNext(each, before));
    if (next) return serves(next) ? next : undefined;
    if (holder && !isAlive(holder)) return 'gone';
    const same = found.allocations.find(({ lock_id: id }) => id === before.lock_id);
    return same && isStartedAgain(same, before) ? 'stayed' : undefined;
  };
  const what = (): string => `${nameOf(before)} to listen on another port than ${before.port}`;
  const next = await during(out, what, () => waitUntil(ask, { timeoutMs, wakeUps: [changes] }));
  if (next === 'stayed') throw notMovable(before);
  if (next === undefined || next === 'gone') throw notThereAgain(before, timeoutMs, next === 'gone');
  return next;
}

/** Under the same lease. Between its two programs the lease names its holder, or none. */
const isStartedAgain = ({ process_id: pid, holder }: Allocation, before: Allocation): boolean =>
  pid !== null && pid !== before.process_id && pid !== holder.pid;

/** Runs of before `styxy switch` know no order to go on elsewhere. */
function notMovable({ holder: { pid }, service_name, service_type, port }: Allocation): StyxyError {
  return new StyxyError(
    'USAGE',
    `"${service_name ?? service_type}" can't be moved to another port from here`,
    {
      why: `its run (pid ${pid}) was started by an older Styxy, and has started it again on port ${port}`,
      hint: `styxy stop ${service_name ?? port}, and start it again where it was started`,
    },
  );
}

/** @throws StyxyError USAGE for what takes no orders */
async function order(context: Context, lease: Allocation, where?: RestartQuery): Promise<void> {
  const { along } = await context.coordinator.restart(lease.lock_id, where).catch((error: unknown) => {
    const isRefused = error instanceof StyxyError && error.code === 'TAKES_NO_ORDERS';
    throw isRefused ? notRestartable(lease) : error;
  });
  noteAlong(context.out, along, STARTS_AGAIN);
}

function notThereAgain(
  { service_name, service_type, holder: { pid } }: Allocation,
  ms: number,
  isGone: boolean,
): StyxyError {
  const name = service_name ?? service_type;
  const hint = 'look where it was started';
  if (isGone)
    return new StyxyError('SERVICE_ENDED', `"${name}" has ended instead of starting again`, {
      why: `its run (pid ${pid}) was told to start it again, and has given its lease back`,
      hint,
    });
  return new StyxyError('TIMED_OUT', `"${name}" is not there again after ${ms / 1000} s`, {
    why: `its run (pid ${pid}) was told to start it again: what ran has not ended yet, or does not listen again`,
    hint,
  });
}

/** Of a service whose starter can't be told to start it again. */
function notRestartable({ holder, service_name, service_type, port }: Allocation): StyxyError {
  const pid = holder.pid === undefined ? '' : ` (pid ${holder.pid})`;
  return new StyxyError('USAGE', `"${service_name ?? service_type}" can't be started again from here`, {
    why: `only the one who has started it knows how, and ${WHY_NOT[holder.kind]}${pid}`,
    hint: `styxy stop ${service_name ?? port}, and start it again where it was started`,
  });
}

const WHY_NOT: Record<Allocation['holder']['kind'], string> = {
  connection: 'the process that keeps its lease takes no such order',
  process: 'that one has ended, or was never known: the lease follows the process itself',
  instance: 'that one is not known: an instance keeps its lease',
  ttl: 'that one is not known: a deadline keeps its lease',
};
