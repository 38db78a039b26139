import type { CleanupAnswer } from '../protocol/answers/status.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { countAutoAllocated, reportAutoAllocation } from './answers/auto-allocation.ts';
import { checkPort } from './answers/check.ts';
import { listLeases } from './answers/list.ts';
import { readServiceLog, type LogContext } from './answers/log.ts';
import { tellProjectPorts, type ProjectPortsContext } from './kept/project-ports.ts';
import { forgetServices, listRemembered } from './kept/remembered.ts';
import { scanPorts } from './answers/scan.ts';
import { engineStatus, type StatusContext } from './answers/status.ts';
import { usageOfLeases } from './answers/usage.ts';
import { suggestPorts } from './answers/suggest.ts';
import type { ConfigStore } from './config/store.ts';
import { allocate, type AllocateContext } from './grants/allocate.ts';
import type { Memory } from './grants/memory.ts';
import { setAutoAllocation, undoAutoAllocation } from './grants/provision.ts';
import { attach } from './holders/attach.ts';
import type { HoldConnection } from './holders/connections.ts';
import { describeReleased } from './holders/describe.ts';
import { heartbeat, listInstances, registerInstance, removeInstance } from './holders/instances.ts';
import { release } from './holders/release.ts';
import type { Health } from './machine/health.ts';
import { orderRestart } from './orders/restart.ts';
import { stop } from './orders/stop.ts';

/** Everything that the engine's functions work with. */
export interface EngineContext extends AllocateContext, ProjectPortsContext, StatusContext, LogContext {
  readonly config: ConfigStore;
  readonly health: Health;
  readonly sweep: { close(): void };
  readonly newcomers: { close(): void };
  readonly memory: Memory;
}

/** The coordinator itself: the only one who changes leases. */
export interface Engine extends Coordinator {
  /** This open response keeps the lease, or one share of it. */
  hold(lockId: string, connection: HoldConnection, shareId?: string): void;
  /**
   * The response has ended.
   * @param unread the client left before it could read which lease it got
   */
  disconnected(connection: HoldConnection, unread?: boolean): void;
  /** Looks after the leases that were in the table from the start. */
  resume(): void;
  readonly leases: number;
  /** How many service types have a range that was made for them. */
  autoAllocatedTypes(): number;
  close(): void;
}

/** Each method is a function of its own, so that it can be followed from here. */
export function createEngine(context: EngineContext): Engine {
  const { state, queue, watch } = context;
  return {
    allocate: (body) => allocate(context, body),
    release: (lockId, query) => release(context, lockId, query),
    attach: (lockId, body) => attach(context, lockId, body),
    stop: (lockId, query) => stop(context, lockId, query),
    restart: (lockId, query) => orderRestart(context, lockId, query),
    list: (query) => listLeases(context, query),
    check: (port) => checkPort(context, port),
    suggest: (type, query) => suggestPorts(context, type, query),
    scan: (query) => scanPorts(context, query),
    usage: () => usageOfLeases(context),
    log: async (lockId, query) => readServiceLog(context, lockId, query),
    status: (query) => engineStatus(context, query),
    config: async () => context.config.describe(),
    cleanup: () => cleanUp(context),
    projectPorts: (body) => queue(() => tellProjectPorts(context, body)),
    remembered: (query) => listRemembered(context, query),
    // In the queue nobody is being told a port that is forgotten.
    forget: (query) => queue(() => forgetServices(context, query)),
    autoAllocation: () => reportAutoAllocation(context),
    setAutoAllocation: ({ enabled }) => queue(() => setAutoAllocation(context, enabled)),
    undoAutoAllocation: (type) => queue(() => undoAutoAllocation(context, type)),
    registerInstance: (body) => registerInstance(context, body),
    heartbeat: (id) => heartbeat(context, id),
    listInstances: () => listInstances(context),
    removeInstance: (id) => removeInstance(context, id),
    hold(lockId, connection, shareId) {
      const holdId = shareId ?? state.leases.get(lockId)?.holds[0].id ?? '';
      watch.connect({ lockId, holdId }, connection);
    },
    autoAllocatedTypes: () => countAutoAllocated(context),
    disconnected: watch.disconnect,
    resume: context.ledger.resume,
    get leases() {
      return state.leases.size;
    },
    close() {
      context.closeHolders();
      context.sweep.close();
      context.newcomers.close();
      context.health.close();
    },
  };
}

/** Checks every holder now instead of at the next tick. */
async function cleanUp({ state, watch }: EngineContext): Promise<CleanupAnswer> {
  const before = [...state.leases.all()];
  await watch.checkAll();
  const gone = before.filter(({ id }) => !state.leases.get(id));
  return { success: true, released: gone.map(describeReleased) };
}
