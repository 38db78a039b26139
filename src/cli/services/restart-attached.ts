import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { recallStart, rememberStart, type ServiceStart } from '../../run/child/service-start.ts';
import { endLease } from '../../run/leases/end-lease.ts';
import { createReadyCheck, isListening } from '../../run/leases/readiness.ts';
import { waitUntil } from '../../run/leases/wait-until.ts';
import type { Context } from '../context.ts';
import type { RunFlags } from '../run/flags.ts';

/** How long `styxy up` may take to start it again. ms */
const START_MS = 10_000;

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
    await endLease(context, lease);
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
  const next = await waitUntil(ask, { timeoutMs: wait ? timeout : START_MS, wakeUps: [changes] });
  if (!next) throw notAgain(lease, start, wait ? timeout : START_MS);
  if (json) {
    const pid = next.holder.pid ?? null;
    out.json({ success: true, ...next, existing: false, ready: isListening(next), pid, log });
  } else out.line(next.url);
  return 0;
}

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
