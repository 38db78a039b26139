import type { Allocation } from '../../protocol/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { sleep } from '../../system/sleep.ts';
import { endLease, type Leases } from './end-lease.ts';
import type { RunPlan } from '../plan/plan.ts';
import { createReadyCheck } from './readiness.ts';

/** What `styxy run` does if the same service of the same worktree runs already. */
export type IfRunning = 'new' | 'reuse' | 'replace' | 'fail';

const LOOK_EVERY_MS = 100;

/** The leases by which the planned service runs, if it does; of any type, unless the type was asked for. */
export async function findRunning(
  coordinator: Pick<Coordinator, 'list'>,
  { request }: RunPlan,
): Promise<Allocation[]> {
  const { allocations } = await coordinator.list({ project: request.project_path });
  return allocations.filter(
    ({ service_name: name, service_type: type, holder, listeners }) =>
      name === request.service_name &&
      (type === request.service_type || request.service_type_default === true) &&
      // A port that was only put aside runs nothing, unless somebody listens there.
      (holder.kind !== 'ttl' || listeners.length > 0),
  );
}

/**
 * Does what has to be done before the port is asked for, and says in the request what is left to the coordinator.
 * @param env tells whether we run inside that very service, whose script then goes through Styxy itself
 */
export async function prepareIfRunning(
  plan: RunPlan,
  wish: IfRunning,
  coordinator: Leases,
  env: NodeJS.ProcessEnv,
): Promise<RunPlan> {
  if (wish === 'new') return plan;
  const around = env[LEASE_MARKER];
  if (around !== undefined || wish === 'replace') {
    // Without a coordinator nothing is known to run, and the run itself will say that there is none.
    const running = await findRunning(coordinator, plan).catch(() => []);
    if (running.some(({ lock_id: id }) => id === around)) return plan;
    if (wish === 'replace') for (const each of running) await endLease(coordinator, each);
  }
  return wish === 'replace' ? plan : { ...plan, request: { ...plan.request, if_running: wish } };
}

/**
 * Waits for a service that somebody else has started.
 * @returns its lease when its program listens; `gone` when it has ended, `late` when the time is over
 */
export async function waitForRunning(
  coordinator: Pick<Coordinator, 'check'>,
  { port, lock_id: id }: Pick<Allocation, 'port' | 'lock_id'>,
  timeoutMs: number,
): Promise<Allocation | 'gone' | 'late'> {
  const deadline = Date.now() + timeoutMs;
  const isReady = createReadyCheck();
  for (;;) {
    // A daemon that is just being replaced is no reason to fail: the next look asks its successor.
    const seen = await coordinator.check(port).catch(() => undefined);
    if (seen && seen.allocation?.lock_id !== id) return 'gone';
    if (seen?.allocation && (isReady(seen.allocation) || isTaken(seen.allocation))) return seen.allocation;
    if (Date.now() >= deadline) return 'late';
    await sleep(LOOK_EVERY_MS);
  }
}

/** With `--ports`: all ports of the run that this lease is one of, by name; null if it is the only one. */
export async function portsOfRun(
  coordinator: Pick<Coordinator, 'list'>,
  { project_path, holder }: Allocation,
): Promise<Record<string, number> | null> {
  if (holder.pid === undefined) return null;
  const { allocations } = await coordinator.list({ project: project_path ?? undefined });
  const own = allocations.filter(
    (each) => each.holder.kind === holder.kind && each.holder.pid === holder.pid,
  );
  if (own.length < 2) return null;
  return Object.fromEntries(own.map((each) => [each.service_name ?? each.service_type, each.port]));
}

/** Of a port that was only put aside nobody knows whose program is to listen. */
function isTaken({ holder, listeners }: Allocation): boolean {
  return holder.kind === 'ttl' && listeners.length > 0;
}
