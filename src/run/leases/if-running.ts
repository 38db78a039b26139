import { StyxyError } from '../../base/styxy-error.ts';
import type { TellWait } from '../../base/tell-wait.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import type { RunPlan } from '../plan/plan.ts';
import type { IfRunning } from '../plan/wishes.ts';
import { requireStartable } from '../plan/startable.ts';
import { suggestPorts } from './suggest-ports.ts';
import { isSameService, leasesOfRun } from './same-service.ts';
import { endedBy, endLease, type Leases } from './end-lease.ts';

/** The leases by which the planned service runs, if it does; of any type, unless the type was asked for. */
export async function findRunning(
  coordinator: Pick<Coordinator, 'list'>,
  { ports: [request] }: RunPlan,
): Promise<Allocation[]> {
  const { allocations } = await coordinator.list({ project: request.project_path });
  return allocations.filter(
    (lease) =>
      isSameService(lease, request) &&
      // A lease that only a deadline holds has no program yet, unless something listens there.
      (lease.holder.kind !== 'ttl' || lease.listeners.length > 0),
  );
}

/**
 * Does what has to be done before the port is asked for, and says in the request what is left to the coordinator. A
 * run inside that very service, whose script goes through Styxy itself, is left as it is. What runs is ended only for a
 * command that can be started, and gets a port.
 * @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, or of the coordinator
 */
export async function prepareIfRunning(
  plan: RunPlan,
  wish: Exclude<IfRunning, 'new'>,
  leases: Omit<Leases, 'by'> & { coordinator: Pick<Coordinator, 'suggest'> },
  waitingFor: TellWait,
): Promise<RunPlan> {
  const around = plan.env[LEASE_MARKER];
  if (around !== undefined || wish === 'replace') {
    // Without a coordinator nothing is known to run, and the run itself will say that there is none.
    const running = await findRunning(leases.coordinator, plan).catch(() => []);
    if (running.some(({ lock_id: id }) => id === around)) return plan;
    if (wish === 'replace' && running.length > 0) {
      await requireStartable(plan);
      await requirePorts(leases.coordinator, plan, running);
      const by = endedBy('run --if-running replace', plan.cwd);
      for (const each of running) await endTold({ ...leases, by }, each, waitingFor);
    }
  }
  const [own, ...more] = plan.ports;
  return wish === 'replace' ? plan : { ...plan, ports: [{ ...own, if_running: wish }, ...more] };
}

async function endTold(leases: Leases, lease: Allocation, waitingFor: TellWait): Promise<void> {
  const over = waitingFor(() => `${lease.service_name ?? lease.service_type} (port ${lease.port}) to end`);
  try {
    await endLease(leases, lease);
  } finally {
    over();
  }
}

/** @throws StyxyError why the plan would get no port when these leases have ended */
async function requirePorts(
  coordinator: Pick<Coordinator, 'suggest'>,
  plan: RunPlan,
  ending: readonly Allocation[],
): Promise<void> {
  const [{ port: exact }] = plan.ports;
  const ended = ending.find(({ port }) => port === exact)?.port;
  await suggestPorts(coordinator, plan, ended).catch((error: unknown) => {
    // The end of a lease makes room.
    if (!(error instanceof StyxyError && error.code === 'RANGE_FULL')) throw error;
  });
}

/** All ports of the run that this lease is one of, by name. */
export async function portsOfRun(
  coordinator: Pick<Coordinator, 'list'>,
  lease: Allocation,
): Promise<Record<string, number>> {
  const { allocations } = await coordinator.list({ project: lease.project_path ?? undefined });
  const all = leasesOfRun(lease, allocations);
  return Object.fromEntries(all.map((each) => [each.service_name ?? each.service_type, each.port]));
}
