import { StyxyError } from '../../base/styxy-error.ts';
import type { Instance } from '../../domain/instance-table.ts';
import type { Lease } from '../../domain/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { InstanceAnswer, InstanceRecord } from '../../protocol/answers/instance.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import type { Core } from '../core.ts';

export interface InstanceParts extends Pick<
  Core,
  'state' | 'ledger' | 'machine' | 'settings' | 'events' | 'clock' | 'log'
> {
  /** Its leases have lost their holder. */
  readonly ended: (id: string) => void;
}

export interface Instances extends Pick<
  Coordinator,
  'registerInstance' | 'heartbeat' | 'listInstances' | 'removeInstance'
> {
  has(id: string): boolean;
  /** Whoever asks for a port shows a sign of life; an agent's session that is not known yet becomes an instance. */
  noteAsker(body: AllocateBody): void;
  /** Looks after the instances that were in the table from the start. */
  resume(): void;
  check(thorough: boolean): void;
  close(): void;
}

const TICK_MS = 2000;
/** Of more processes than this only kill(pid, 0) is asked at each tick, and the start time at every n-th. */
const FEW = 25;
const TICKS_PER_IDENTITY_CHECK = 15;

/** Sessions that own leases: each ends with its process, or when it has been silent for too long. */
export function createInstances(parts: InstanceParts): Instances {
  const { ledger, machine, clock, log } = parts;
  const { instances, leases } = parts.state;
  /** While no daemon ran, nobody could hear them. */
  const listeningSince = clock();
  let ticks = 0;
  let ticker: NodeJS.Timeout | undefined;

  function silenceLimitMs(): number {
    const { check_interval_ms, max_failures } = parts.settings().recovery.health_monitoring;
    return check_interval_ms * max_failures;
  }

  function silentAt({ lastHeartbeat }: Instance): number {
    return Math.max(lastHeartbeat, listeningSince) + silenceLimitMs();
  }

  function put(instance: Instance): void {
    ledger.putInstance(instance);
    watch();
  }

  /** A sign of life is true also when it can't be written down. */
  function beat(instance: Instance): Instance {
    const heard = { ...instance, lastHeartbeat: clock() };
    ledger.anyway.putInstance(heard);
    return heard;
  }

  function register(fresh: Pick<Instance, 'id' | 'directory' | 'process' | 'metadata'>): Instance {
    const known = instances.get(fresh.id);
    const now = clock();
    const instance: Instance = { ...fresh, registeredAt: known?.registeredAt ?? now, lastHeartbeat: now };
    put(instance);
    if (!known) {
      log.info('instance registered', { instance: fresh.id, process: fresh.process?.pid });
      parts.events.emit('instance_registered', undefined, aboutInstance(instance));
    }
    return instance;
  }

  function end(instance: Instance, reason: 'removed' | 'silent' | 'process_ended'): void {
    const write = reason === 'removed' ? ledger : ledger.anyway;
    write.removeInstance(instance.id);
    if (instances.size === 0) unwatch();
    log.info('instance ended', { instance: instance.id, reason });
    parts.events.emit('instance_ended', undefined, { ...aboutInstance(instance), reason });
    parts.ended(instance.id);
  }

  function check(thorough: boolean): void {
    ticks += 1;
    const looksClosely = thorough || instances.size <= FEW || ticks % TICKS_PER_IDENTITY_CHECK === 0;
    for (const instance of instances.all()) {
      if (instance.process && !isRunning(instance.process, looksClosely)) end(instance, 'process_ended');
      else if (!instance.process && clock() >= silentAt(instance)) end(instance, 'silent');
    }
  }

  function isRunning(process: ProcessIdentity, looksClosely: boolean): boolean {
    return looksClosely ? machine.isAlive(process) : machine.exists(process.pid);
  }

  function watch(): void {
    ticker ??= setInterval(() => check(false), TICK_MS).unref();
  }

  function unwatch(): void {
    clearInterval(ticker);
    ticker = undefined;
  }

  function requireInstance(id: string): Instance {
    const instance = instances.get(id);
    if (instance) return instance;
    throw new StyxyError('INSTANCE_NOT_FOUND', `there is no instance "${id}"`, {
      why: 'it was never registered, or has ended',
      details: { instance_id: id },
    });
  }

  /** The session's process, if the asker was really started by it: a number in the environment can be years old. */
  function provenProcess({ session }: AllocateBody): ProcessIdentity | undefined {
    if (!session || !machine.isDescendant(session.asked_by, session.process_id)) return undefined;
    return machine.identify(session.process_id);
  }

  function toRecord(instance: Instance): InstanceRecord {
    const { id, directory, process, registeredAt, lastHeartbeat, metadata } = instance;
    return {
      instance_id: id,
      working_directory: directory ?? null,
      process_id: process?.pid ?? null,
      registered_at: new Date(registeredAt).toISOString(),
      last_heartbeat: new Date(lastHeartbeat).toISOString(),
      expires_at: process ? null : new Date(silentAt(instance)).toISOString(),
      metadata: { ...metadata },
      active_allocations: [...leases.all()].filter((lease) => belongsTo(lease, id)).map(toAllocation),
    };
  }

  const answer = (instance: Instance): InstanceAnswer => ({ success: true, ...toRecord(instance) });

  return {
    has: (id) => instances.get(id) !== undefined,

    async registerInstance({ instance_id: id, working_directory, process_id: pid, metadata = {} }) {
      const process = pid === undefined ? undefined : machine.identify(pid);
      if (pid !== undefined && !process) {
        throw new StyxyError('INVALID_REQUEST', `process ${pid} is not running`, {
          why: 'an instance can only live with a live process',
          details: { pid },
        });
      }
      return answer(register({ id, directory: working_directory, process, metadata }));
    },
    heartbeat: async (id) => answer(beat(requireInstance(id))),
    listInstances: async () => ({ instances: [...instances.all()].map(toRecord) }),
    async removeInstance(id) {
      const instance = requireInstance(id);
      const record = answer(instance);
      end(instance, 'removed');
      return record;
    },

    noteAsker(body) {
      const { instance_id: id, session, project_path: directory } = body;
      if (id === undefined) return;
      const known = instances.get(id);
      if (!session || (known?.process?.pid === session.process_id && machine.isAlive(known.process))) {
        if (known) beat(known);
        return;
      }
      const process = provenProcess(body);
      if (process) register({ id, directory, process, metadata: known?.metadata ?? {} });
    },

    resume() {
      if (instances.size > 0) watch();
    },
    check,
    close: unwatch,
  };
}

/** It holds the lease, uses it with others, or is named as where the lease came from. */
function belongsTo({ instance, holder, sharing }: Lease, id: string): boolean {
  if (instance === id || (holder.kind === 'instance' && holder.id === id)) return true;
  return sharing?.others.some((share) => share.instance === id) ?? false;
}

function toAllocation({ port, id, type, name }: Lease) {
  return { port, lock_id: id, service_type: type, service_name: name ?? null };
}

function aboutInstance({ id, directory, process }: Instance): Record<string, unknown> {
  return {
    instance_id: id,
    ...(directory !== undefined && { project_path: directory }),
    ...(process && { pid: process.pid }),
  };
}
