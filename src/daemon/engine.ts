import type { Lease } from '../domain/lease.ts';
import { isShared } from '../domain/sharing.ts';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { AttachBody } from '../protocol/requests/allocate.ts';
import type { CleanupAnswer } from '../protocol/answers/status.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { reportAutoAllocation } from './answers/auto-allocation.ts';
import { checkPort } from './answers/check.ts';
import { listLeases } from './answers/list.ts';
import { tellProjectPorts, type ProjectPortsContext } from './answers/project-ports.ts';
import { scanPorts } from './answers/scan.ts';
import { engineStatus, type StatusContext } from './answers/status.ts';
import { suggestPorts } from './answers/suggest.ts';
import type { ConfigStore } from './config/store.ts';
import { allocate, type AllocateContext } from './grants/allocate.ts';
import { setAutoAllocation, undoAutoAllocation } from './grants/provision.ts';
import { requireProcess } from './grants/request.ts';
import type { HoldConnection } from './holders/lifetimes.ts';
import { starterOf } from './holders/starter.ts';
import { toAllocation, unseen } from './ledger/allocation.ts';
import type { Health } from './machine/health.ts';
import type { Sweep } from './machine/sweep.ts';

/** Everything that the engine's functions work with. */
export interface EngineContext extends AllocateContext, ProjectPortsContext, StatusContext {
  readonly config: ConfigStore;
  readonly sweep: Sweep;
  readonly health: Health;
}

/** The coordinator itself: the only one who changes leases. */
export interface Engine extends Coordinator {
  /** Ties a lease, or one share of it, to an open response. */
  hold(lockId: string, connection: HoldConnection, shareId?: string): void;
  disconnected(lockId: string, connection: HoldConnection, neverKnown?: boolean): void;
  /** Looks after the leases that were in the table from the start. */
  resume(): void;
  readonly leases: number;
  close(): void;
}

/** Each method is a function of its own, so that it can be followed from here. */
export function createEngine(context: EngineContext): Engine {
  const { queue, instances, lifetimes, sharing, leaving } = context;
  return {
    allocate: (body) => allocate(context, body),
    release: leaving.release,
    attach: (lockId, body) => attach(context, lockId, body),
    list: (query) => listLeases(context, query),
    check: (port) => checkPort(context, port),
    suggest: (type, query) => suggestPorts(context, type, query),
    scan: (query) => scanPorts(context, query),
    status: () => engineStatus(context),
    config: async () => context.config.describe(),
    cleanup: () => cleanUp(context),
    projectPorts: (body) => queue(() => tellProjectPorts(context, body)),
    autoAllocation: () => reportAutoAllocation(context),
    setAutoAllocation: ({ enabled }) => queue(() => setAutoAllocation(context, enabled)),
    undoAutoAllocation: (type) => queue(() => undoAutoAllocation(context, type)),
    registerInstance: instances.registerInstance,
    heartbeat: instances.heartbeat,
    listInstances: instances.listInstances,
    removeInstance: instances.removeInstance,
    hold(lockId, connection, shareId) {
      if (!sharing.hold(lockId, connection, shareId)) lifetimes.connect(lockId, connection);
    },
    disconnected(lockId, connection, neverKnown) {
      if (!sharing.disconnected(connection)) lifetimes.disconnected(lockId, connection, neverKnown);
    },
    resume() {
      context.ledger.resume();
      instances.resume();
    },
    get leases() {
      return context.state.leases.size;
    },
    close() {
      for (const part of [lifetimes, sharing, instances, context.sweep, context.health]) part.close();
    },
  };
}

/** @throws StyxyError LEASE_NOT_FOUND, INVALID_REQUEST, STATE_UNWRITABLE */
async function attach(
  context: EngineContext,
  lockId: string,
  { process_id: pid, adopt, share_id: share }: AttachBody,
): Promise<Allocation> {
  const { ledger, machine, sharing, leaving } = context;
  let lease = leaving.requireLease(lockId);
  if (pid !== undefined) {
    const service = requireProcess(machine, pid);
    lease = isShared(lease)
      ? sharing.served(lease, service, share)
      : { ...lease, service, startedBy: starterOf(lease, pid, machine) };
    ledger.change(lease);
  }
  return adopt ? leaving.inherit(lease, share) : toAllocation(lease, unseen(lease));
}

/** Looks at every holder now instead of at the next tick. */
async function cleanUp({ state, instances, sharing, lifetimes }: EngineContext): Promise<CleanupAnswer> {
  const before: Lease[] = [...state.leases.all()];
  instances.check(true);
  sharing.check();
  await lifetimes.checkAll();
  const gone = before.filter(({ id }) => !state.leases.get(id));
  return {
    success: true,
    released: gone.map((lease) => toAllocation(lease, { state: 'released', listeners: [] })),
  };
}
