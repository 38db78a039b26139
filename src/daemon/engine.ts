import { messageOf, StyxyError } from '../base/styxy-error.ts';
import { portsOf, type EndReason, type Holder, type Lease } from '../domain/lease.ts';
import { refusalOf, typeOfRequest, type LeaseRequest } from '../domain/request.ts';
import { typeForWish } from '../domain/service-type.ts';
import type {
  AllocateAnswer,
  AllocateBody,
  Allocation,
  RecoveryAnswer,
  StatusAnswer,
} from '../protocol/allocation.ts';
import type { ConfigAnswer } from '../protocol/config.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { RecoveryReport } from '../protocol/recovery.ts';
import type { ProcessIdentity } from '../system/process/identity.ts';
import type { UserConfig } from '../settings/schema.ts';
import type { EventBus } from './event-bus.ts';
import { aboutRequest, enter, grant, type GrantParts } from './grant.ts';
import { createHealth } from './health.ts';
import { createLifetimes, type HoldConnection, type Lifetimes, type ProcessFacts } from './lifetimes.ts';
import { createRunningServices } from './if-running.ts';
import type { Observer } from './observe.ts';
import { createProjectPorts } from './project-ports.ts';
import { projectTypeOf } from './project-type.ts';
import type { Granted, Provisioner } from './provision.ts';
import { createQueries } from './queries.ts';
import { createSerial } from './serial.ts';
import { createSweep } from './sweep.ts';
import { createTextPool } from './text-pool.ts';
import { toAllocation, unseen } from './wire.ts';

const DEFAULT_TTL_MS = 600_000;
/** For pauses and periods, which a change of the machine's time must not touch. */
const monotonic = (): number => performance.now();

export interface EngineParts extends Omit<GrantParts, 'conflicts'> {
  readonly observer: Observer;
  readonly processes: ProcessFacts & { identify(pid: number): ProcessIdentity | undefined };
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
  /** Ties a lease to an open response. */
  hold(lockId: string, connection: HoldConnection): void;
  disconnected(lockId: string, connection: HoldConnection, neverKnown?: boolean): void;
  /** Looks after the leases that were in the table from the start. */
  resume(): void;
  readonly leases: number;
  close(): void;
}

export function createEngine(parts: EngineParts): Engine {
  const { sources, journal, observer, processes, clock, log, events } = parts;
  const { leases } = sources;
  const inTurn = createSerial();
  const shared = createTextPool();
  const running = createRunningServices(parts);

  const lifetimes: Lifetimes = createLifetimes({
    leases,
    processes,
    clock,
    log,
    onWrapperDeath: () => parts.settings().on_wrapper_death,
    change: changeAnyway,
    end: endAnyway,
    orphan(lease) {
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

  function changeAnyway(lease: Lease): void {
    try {
      journal.append({ op: 'lease', lease });
    } catch (error) {
      missing(error);
    }
    leases.replace(lease);
  }

  /** For leases that end by themselves. */
  function endAnyway(id: string, reason: EndReason): void {
    try {
      journal.append({ op: 'end', id });
    } catch (error) {
      missing(error);
    }
    counts.released += 1;
    forget(id, reason);
  }

  /** Looks after a lease that is new, or has a new holder or program. */
  function watch(lease: Lease): void {
    lifetimes.watch(lease);
    sweep.attend(lease);
    health.wake();
  }

  function change(lease: Lease): void {
    journal.append({ op: 'lease', lease });
    leases.replace(lease);
  }

  function forget(id: string, reason: EndReason): void {
    const lease = leases.remove(id);
    lifetimes.ended(id, reason);
    sweep.forget(id);
    health.forget(id);
    log.debug('lease ended', { lease: id, port: lease?.port, reason });
    if (lease) events.emit('released', lease, { reason });
  }

  /**
   * What has already happened (a holder died) is true even if it can't be written down. Read back from an old journal
   * such a lease finds no holder and ends then.
   */
  function missing(error: unknown): void {
    log.error('the journal misses a record', { error: messageOf(error) });
  }

  function requireLease(id: string): Lease {
    const lease = leases.get(id);
    if (lease) return lease;
    throw new StyxyError('LEASE_NOT_FOUND', `there is no lease "${id}"`, {
      why: 'it has ended, or never was',
    });
  }

  async function allocate(body: AllocateBody): Promise<AllocateAnswer> {
    const holder = holderOf(body);
    const request = toRequest(body, holder);
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
    const known = knownLease(body, request);
    if (known) return answer(takeUp(known, request.holder), true);
    await running.settle(body, request);
    return inTurn(async () => {
      const made = knownLease(body, request);
      if (made) return answer(takeUp(made, request.holder), true);
      const other = await running.find(body, request);
      if (other) return { ...answer(other, true), shared: true };
      const { lease: granted, range } = await newLease(body, request);
      watch(granted);
      log.debug('lease granted', {
        lease: granted.id,
        port: granted.port,
        type: granted.type,
        holder: request.holder.kind,
      });
      events.emit('granted', granted, { took_ms: tookMs() });
      return { ...answer(granted, false), ...(range && { auto_allocated: true, range: [...range] }) };
    });
  }

  async function newLease(body: AllocateBody, request: LeaseRequest): Promise<Granted> {
    if (body.lock_id !== undefined) return { lease: reassert(body.lock_id, request), range: undefined };
    const fromItsRange = (): Promise<Lease> => grant(request, { ...parts, conflicts });
    const mayProvide = !body.service_type_default && !request.projectType;
    return parts.provisioner.grant(request, mayProvide, fromItsRange);
  }

  /** A wrapper comes back with a lease that we don't know (the state was lost): it keeps its port if nobody has it. */
  function reassert(id: string, request: LeaseRequest): Lease {
    const { port } = request;
    if (port === undefined || leases.at(port)) {
      throw new StyxyError('LEASE_LOST', `lease ${id} can't be taken up again`, {
        why:
          port === undefined
            ? 'nobody knows its port any more'
            : `port ${port} has been leased to another since`,
        details: { lock_id: id, port: port ?? null },
      });
    }
    const refusal = refusalOf(port, typeOfRequest(request, sources.catalog), request.force, sources);
    if (refusal) throw refusal;
    const { avoid: _, prefer: __, force: ___, projectType: ____, ...lease } = request;
    return enter({ ...lease, port, id, allocatedAt: clock() }, parts);
  }

  function knownLease(body: AllocateBody, request: LeaseRequest): Lease | undefined {
    if (body.lock_id !== undefined) return leases.get(body.lock_id);
    const made = body.request_id === undefined ? undefined : leases.madeBy(body.request_id);
    return made ?? leases.ownedLike(request);
  }

  /** The same asker again: its lease, now kept by what it named this time. */
  function takeUp(lease: Lease, holder: Holder): Lease {
    if (lease.holder.kind === 'process' && holder.kind === 'connection') return lease;
    const renewed = { ...lease, holder, orphanedAt: undefined };
    change(renewed);
    watch(renewed);
    events.emit('taken_up', renewed);
    return renewed;
  }

  /** The holder leaves. A server that made itself a daemon keeps its port; else the port is free at once. */
  async function inherit(lease: Lease): Promise<Allocation> {
    lifetimes.leaving(lease.id);
    const isFree = await Promise.all(portsOf(lease).map((port) => parts.isPortFree(port)));
    const [heir] = isFree.includes(false) ? await processes.processesOf(lease) : [];
    const current = requireLease(lease.id);
    if (!heir) {
      if (!isFree.includes(false) || !sweep.wasInUse(lease.id)) return release(lease.id);
      // It threw its marker away and left the tree, but it was seen there before.
      lifetimes.orphan(current);
      return toAllocation(current, { ...unseen(current), state: 'orphaned' });
    }
    const inherited: Lease = { ...current, service: heir, holder: { kind: 'process', ...heir } };
    change(inherited);
    watch(inherited);
    const { driftedTo } = inherited;
    return toAllocation(inherited, { state: driftedTo ? 'drifted' : 'bound', listeners: [], driftedTo });
  }

  async function release(lockId: string): Promise<Allocation> {
    const lease = requireLease(lockId);
    journal.append({ op: 'end', id: lockId });
    forget(lockId, 'released');
    return toAllocation(lease, { state: 'released', listeners: [] });
  }

  function holderOf(body: AllocateBody): Holder {
    if (body.hold) return { kind: 'connection', ...(body.process_id && processes.identify(body.process_id)) };
    if (body.process_id !== undefined) return { kind: 'process', ...requireProcess(body.process_id) };
    return { kind: 'ttl', expiresAt: clock() + (body.ttl_ms ?? DEFAULT_TTL_MS) };
  }

  function requireProcess(pid: number): ProcessIdentity {
    const found = processes.identify(pid);
    if (found) return found;
    throw new StyxyError('INVALID_REQUEST', `process ${pid} is not running`, {
      why: 'a lease can only be kept by a live process',
      details: { pid },
    });
  }

  function answer(lease: Lease, existing: boolean): AllocateAnswer {
    const allocation = toAllocation(lease, unseen(lease));
    return existing ? { success: true, ...allocation, existing } : { success: true, ...allocation };
  }

  return {
    ...queries,
    allocate,
    release,
    hold: lifetimes.connect,
    disconnected: lifetimes.disconnected,
    close() {
      lifetimes.close();
      sweep.close();
      health.close();
    },
    get leases() {
      return leases.size;
    },

    async attach(lockId, { process_id: pid, adopt }) {
      let lease = requireLease(lockId);
      if (pid !== undefined) {
        change((lease = { ...lease, service: requireProcess(pid) }));
        sweep.attend(lease);
      }
      if (adopt) return inherit(lease);
      return toAllocation(lease, unseen(lease));
    },

    async status() {
      const { system_recovery, ...status } = parts.status();
      const recovery = { ...recoveryInForce(), system_recovery };
      return { ...status, allocations: leases.size, instances: 0, recovery };
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
      await lifetimes.checkAll();
      const gone = before.filter(({ id }) => !leases.get(id));
      return {
        success: true,
        released: gone.map((lease) => toAllocation(lease, { state: 'released', listeners: [] })),
      };
    },

    resume() {
      for (const lease of leases.all()) watch(lease);
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

  function toRequest(body: AllocateBody, holder: Holder): LeaseRequest {
    const { service_type, service_name: name, project_path: project, instance_id: instance } = body;
    const wish = body.port ?? body.preferred_port;
    const isOpen = body.service_type_default && !body.service_type_definition;
    const type = isOpen ? typeForWish(sources.catalog, service_type, wish) : service_type;
    return {
      type: shared(type),
      name,
      project: shared(project),
      instance,
      holder,
      branch: shared(body.branch),
      command: shared(body.command),
      port: body.port,
      prefer: body.preferred_port,
      avoid: body.avoid ?? [],
      force: body.force ?? false,
      projectType: projectTypeOf(body, sources.catalog),
      requestId: body.request_id,
      service: undefined,
    };
  }
}

/** @returns the milliseconds since now, to the microsecond */
function stopwatch(): () => number {
  const start = process.hrtime.bigint();
  return () => Number((process.hrtime.bigint() - start) / 1000n) / 1000;
}
