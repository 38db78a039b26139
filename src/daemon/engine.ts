import { StyxyError } from '../base/styxy-error.ts';
import type { EndReason, Lease } from '../domain/lease.ts';
import type { LeaseRequest } from '../domain/request.ts';
import { isShared } from '../domain/sharing.ts';
import type { AllocateAnswer, AllocateBody, RecoveryAnswer, StatusAnswer } from '../protocol/allocation.ts';
import type { ConfigAnswer } from '../protocol/config.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { RecoveryReport } from '../protocol/recovery.ts';
import type { ProcessIdentity } from '../system/process/identity.ts';
import type { UserConfig } from '../settings/schema.ts';
import { keepBooks } from './ledger/ledger.ts';
import type { EventBus } from './ledger/events.ts';
import { aboutRequest, grant, reassert, type GrantParts } from './grants/grant.ts';
import { createHealth } from './machine/health.ts';
import { createRunningServices } from './grants/if-running.ts';
import { createInstances, type SessionFacts } from './holders/instances.ts';
import { createLeaving, type LeavingParts } from './holders/release.ts';
import {
  createLifetimes,
  type HoldConnection,
  type Lifetimes,
  type ProcessFacts,
} from './holders/lifetimes.ts';
import { starterOf, type StarterFacts } from './holders/starter.ts';
import type { Observer } from './machine/observer.ts';
import { createProjectPorts } from './answers/project-ports.ts';
import type { Granted, Provisioner } from './grants/provision.ts';
import { createQueries } from './answers/queries.ts';
import { createRequestReader } from './grants/request.ts';
import { createSerial } from './ledger/queue.ts';
import { createSharedLeases } from './holders/sharing.ts';
import type { State } from './ledger/state.ts';
import { createSweep } from './machine/sweep.ts';
import { createTakingUp } from './grants/existing.ts';
import { toAllocation, unseen } from './ledger/allocation.ts';

/** For pauses and periods, which a change of the machine's time must not touch. */
const monotonic = (): number => performance.now();

export interface EngineParts extends Omit<GrantParts, 'conflicts'> {
  readonly sources: State;
  readonly observer: Observer;
  readonly processes: ProcessFacts & SessionFacts & StarterFacts & Pick<LeavingParts, 'ageOf'>;
  readonly settings: () => UserConfig;
  readonly config: () => ConfigAnswer;
  readonly events: EventBus;
  readonly status: () => Omit<StatusAnswer, 'allocations' | 'instances' | 'recovery'> & {
    system_recovery: RecoveryReport;
  };
  readonly provisioner: Provisioner;
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

export function createEngine(parts: EngineParts): Engine {
  const { sources, observer, processes, clock, log, events } = parts;
  const { leases } = sources;
  const { change, changeAnyway, noteEnd } = keepBooks(leases, parts.journal, log);
  const inTurn = createSerial();
  const running = createRunningServices(parts);

  const lifetimes: Lifetimes = createLifetimes({
    leases,
    processes: { ...processes, processesOf: leftBehind },
    clock,
    log,
    onWrapperDeath: () => parts.settings().on_wrapper_death,
    change: changeAnyway,
    end: endAnyway,
    orphan(lease) {
      if (sharing.goesOn(lease.id, lease.holder.kind === 'ttl' ? 'expired' : 'holder_gone')) return;
      const orphaned = { ...lease, orphanedAt: clock() };
      changeAnyway(orphaned);
      events.emit('orphaned', orphaned);
    },
    portsInUse: observer.portsInUse,
    isPortFree: parts.isPortFree,
    wasInUse: (id) => sweep.wasInUse(id),
  });
  const sweep = createSweep({
    leases,
    observer,
    clock: monotonic,
    log,
    change: changeAnyway,
    emit: events.emit,
    tell: lifetimes.tell,
  });
  const { isAlive } = processes;
  const health = createHealth({
    leases,
    observer,
    clock: monotonic,
    log,
    isAlive,
    settings: parts.settings,
    end: endAnyway,
  });
  const queries = createQueries(parts);
  const projectPorts = createProjectPorts({ ...parts, suggest: queries.suggest });
  const counts = { conflicts: 0, released: 0 };
  const conflicts: GrantParts['conflicts'] = {
    passOver: () => parts.settings().recovery.port_conflict.enabled,
    found(port, avoidedMs, request) {
      counts.conflicts += 1;
      events.emit('conflict', undefined, { ...aboutRequest(request), port, avoided_ms: avoidedMs });
    },
  };

  const sharing = createSharedLeases({
    leases,
    change,
    clock,
    isAlive,
    changeAnyway,
    newId: parts.newId,
    lifetimes: {
      watch,
      passOn(lease, connection) {
        lifetimes.passOn(lease, connection);
        sweep.attend(lease);
      },
    },
  });
  const instances = createInstances({ ...parts, leases, instances: sources.instances, ended: instanceEnded });

  const requests = createRequestReader({
    catalog: sources.catalog,
    settings: parts.settings,
    identify: processes.identify,
    isInstance: instances.has,
    newId: parts.newId,
    clock,
  });
  const leaving = createLeaving({
    ...parts,
    leases,
    lifetimes,
    sharing,
    sweep,
    change,
    watch,
    forget,
    processesOf: processes.processesOf,
    ageOf: processes.ageOf,
  });

  const takingUp = createTakingUp({
    leases,
    sharing,
    change,
    watch,
    answer,
    events,
    describe: leaving.describe,
  });

  /** What runs for others as well is nobody's to end or to inherit. */
  async function leftBehind(lease: Lease): Promise<ProcessIdentity[]> {
    return isShared(lease) && lease.sharing.others.length > 0 ? [] : processes.processesOf(lease);
  }

  /** Its leases end, those whose port is in use as soon as that is over: like those past their deadline. */
  function instanceEnded(id: string): void {
    sharing.instanceGone(id);
    for (const lease of leases.all()) {
      const { holder } = lease;
      if (holder.kind !== 'instance' || holder.id !== id || sharing.goesOn(lease.id, 'holder_gone')) continue;
      const left: Lease = { ...lease, holder: { kind: 'ttl', expiresAt: clock() } };
      changeAnyway(left);
      lifetimes.watch(left);
    }
  }

  /** For leases that end by themselves. */
  function endAnyway(id: string, reason: EndReason): void {
    if (sharing.goesOn(id, reason)) return;
    noteEnd(id);
    counts.released += 1;
    forget(id, reason);
  }

  /** Looks after a lease that is new, or has a new holder or program. */
  function watch(lease: Lease): void {
    lifetimes.watch(lease);
    sweep.attend(lease);
    health.attend(lease);
  }

  function forget(id: string, reason: EndReason): void {
    const lease = leases.remove(id);
    lifetimes.ended(id, reason);
    sweep.forget(id);
    health.forget(id);
    if (lease) sharing.ended(lease, reason);
    log.debug('lease ended', { lease: id, port: lease?.port, reason });
    if (lease) events.emit('released', lease, { reason });
  }

  async function allocate(body: AllocateBody): Promise<AllocateAnswer> {
    instances.noteAsker(body);
    const request = requests.read(body);
    const tookMs = stopwatch();
    try {
      return await lease(body, request, tookMs);
    } catch (error) {
      if (error instanceof StyxyError) {
        const facts = { ...aboutRequest(request), code: error.code, took_ms: tookMs() };
        events.emit('refused', undefined, facts);
      }
      throw error;
    }
  }

  async function lease(
    body: AllocateBody,
    request: LeaseRequest,
    tookMs: () => number,
  ): Promise<AllocateAnswer> {
    // Asked once before the queue, so that an old lease need not wait, and once inside, where nobody else can make it.
    const known = takingUp.known(body, request);
    if (known) return known;
    await leaving.settled(request);
    await running.settle(body, request);
    return inTurn(async () => {
      const made = takingUp.known(body, request);
      if (made) return made;
      const other = await running.find(body, request);
      if (other) return { ...answer(other), existing: true, shared: true };
      const { lease: granted, range } = await newLease(body, request);
      watch(granted);
      log.debug('lease granted', {
        lease: granted.id,
        port: granted.port,
        type: granted.type,
        holder: request.holder.kind,
      });
      events.emit('granted', granted, { took_ms: tookMs() });
      return { ...answer(granted), ...(range && { auto_allocated: true, range: [...range] }) };
    });
  }

  async function newLease(body: AllocateBody, request: LeaseRequest): Promise<Granted> {
    if (body.lock_id !== undefined)
      return { lease: reassert(body.lock_id, request, parts), range: undefined };
    const key = request.sharing?.key;
    const failed = key === undefined ? undefined : leases.shared(key)?.id;
    const fromItsRange = (): Promise<Lease> => grant(request, { ...parts, conflicts });
    const mayProvide = !body.service_type_default && !request.projectType;
    const granted = await parts.provisioner.grant(request, mayProvide, fromItsRange);
    // Its old port had failed for this asker; who comes next is to find the new one.
    if (failed !== undefined) sharing.hide(failed);
    return granted;
  }

  function answer(lease: Lease): AllocateAnswer {
    const allocation = toAllocation(lease, unseen(lease));
    return { success: true, ...allocation, ...(lease.sharing && { share_id: lease.sharing.self }) };
  }

  return {
    ...queries,
    allocate,
    release: leaving.release,
    hold(lockId, connection, shareId) {
      if (!sharing.hold(lockId, connection, shareId)) lifetimes.connect(lockId, connection);
    },
    disconnected(lockId, connection, neverKnown) {
      if (!sharing.disconnected(connection)) lifetimes.disconnected(lockId, connection, neverKnown);
    },
    registerInstance: instances.registerInstance,
    heartbeat: instances.heartbeat,
    listInstances: instances.listInstances,
    removeInstance: instances.removeInstance,
    close() {
      lifetimes.close();
      sweep.close();
      health.close();
      sharing.close();
      instances.close();
    },
    get leases() {
      return leases.size;
    },

    async attach(lockId, { process_id: pid, adopt, share_id: share }) {
      let lease = leaving.requireLease(lockId);
      if (pid !== undefined) {
        const service = requests.requireProcess(pid);
        lease = isShared(lease)
          ? sharing.served(lease, service, share)
          : { ...lease, service, startedBy: starterOf(lease, pid, processes) };
        change(lease);
        sweep.attend(lease);
      }
      if (adopt) return leaving.inherit(lease, share);
      return toAllocation(lease, unseen(lease));
    },

    async status() {
      const { system_recovery, ...status } = parts.status();
      const recovery = { ...recoveryInForce(), system_recovery };
      return { ...status, allocations: leases.size, instances: sources.instances.size, recovery };
    },

    projectPorts: (body) => inTurn(() => projectPorts(body)),

    async config() {
      return parts.config();
    },
    autoAllocation: async () => parts.provisioner.report(await observer.look()),
    setAutoAllocation: ({ enabled }) => inTurn(() => parts.provisioner.setEnabled(enabled)),
    undoAutoAllocation: (type) => inTurn(() => parts.provisioner.undo(type)),

    async cleanup() {
      const before = [...leases.all()];
      instances.check(true);
      sharing.check();
      await lifetimes.checkAll();
      const gone = before.filter(({ id }) => !leases.get(id));
      return {
        success: true,
        released: gone.map((lease) => toAllocation(lease, { state: 'released', listeners: [] })),
      };
    },

    resume() {
      for (const lease of leases.all()) {
        watch(lease);
        sharing.resume(lease);
      }
      instances.resume();
    },
  };

  function recoveryInForce(): Omit<RecoveryAnswer, 'system_recovery'> {
    const { port_conflict, health_monitoring } = parts.settings().recovery;
    return {
      port_conflict: { ...port_conflict, conflicts: counts.conflicts },
      health_monitoring: {
        ...health.statistics,
        enabled: health_monitoring.enabled,
        released: counts.released,
      },
    };
  }
}

/** @returns the milliseconds since now, to the microsecond */
function stopwatch(): () => number {
  const start = process.hrtime.bigint();
  return () => Number((process.hrtime.bigint() - start) / 1000n) / 1000;
}
