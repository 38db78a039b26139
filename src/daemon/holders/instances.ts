import { requireProcess } from './service.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { isUsedByInstance } from '../../domain/holds.ts';
import type { Instance } from '../../domain/instance-table.ts';
import type { Lease } from '../../domain/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { InstanceAnswer, InstanceListAnswer, InstanceRecord } from '../../protocol/answers/instance.ts';
import type { RegisterBody } from '../../protocol/requests/instance.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import type { Core } from '../core.ts';
import type { HoldersContext } from './context.ts';
import type { IsRunning } from './liveness.ts';
import { settleUnasked } from './settle.ts';

export interface InstanceContext extends Pick<
  Core,
  'state' | 'ledger' | 'machine' | 'settings' | 'events' | 'clock' | 'uptime' | 'log'
> {
  /** When each instance was last heard of by this daemon, by the clock that never jumps. */
  readonly heard: Map<string, number>;
  /** While no daemon ran, nobody could be heard. ms since the epoch */
  readonly listeningSince: number;
}

/** Instances own leases: each ends with its process, or when it has been silent for too long; then its holds end. */
export function watchInstances(context: InstanceContext & HoldersContext): void {
  const { state, ledger, heard, uptime } = context;
  ledger.subscribe({
    instanceHeard: ({ id }) => void heard.set(id, uptime()),
    instanceEnded({ id }) {
      heard.delete(id);
      const ended = [...state.leases.all()].flatMap((lease) => holdsOf(lease, id));
      settleUnasked(context, ended);
    },
  });
}

function holdsOf({ id: lockId, holds, orphanedAt }: Lease, instance: string) {
  if (orphanedAt !== undefined) return [];
  return holds
    .filter(({ holder }) => holder.kind === 'instance' && holder.id === instance)
    .map((hold) => ({ lockId, hold, ended: 'over' as const }));
}

/** Called at each tick of the watch. */
export function endSilentInstances(context: InstanceContext, isRunning: IsRunning): void {
  const { state, heard, uptime } = context;
  for (const instance of state.instances.all()) {
    const silentFor = uptime() - (heard.get(instance.id) ?? uptime());
    if (instance.process) {
      if (!isRunning(instance.process)) endInstance(context, instance, 'process_ended');
    } else if (silentFor >= silenceLimitMs(context)) endInstance(context, instance, 'silent');
  }
}

function silenceLimitMs({ settings }: InstanceContext): number {
  const { check_interval_ms, max_failures } = settings().recovery.health_monitoring;
  return check_interval_ms * max_failures;
}

/** @throws StyxyError STATE_UNWRITABLE when it is removed, and then it has not ended */
function endInstance(
  { ledger, events, log }: InstanceContext,
  instance: Instance,
  reason: 'removed' | 'silent' | 'process_ended',
): void {
  const entries = reason === 'removed' ? ledger : ledger.anyway;
  entries.removeInstance(instance.id);
  log.info('instance ended', { instance: instance.id, reason });
  events.emit('instance_ended', undefined, { ...aboutInstance(instance), reason });
}

/** @throws StyxyError INVALID_REQUEST, STATE_UNWRITABLE */
export async function registerInstance(
  context: InstanceContext,
  { instance_id: id, working_directory, metadata = {}, ...named }: RegisterBody,
): Promise<InstanceAnswer> {
  const process = named.process_id === undefined ? undefined : requireProcess(context.machine, named);
  return answer(context, register(context, { id, directory: working_directory, process, metadata }));
}

function register(
  { state, ledger, events, clock, log }: InstanceContext,
  fresh: Pick<Instance, 'id' | 'directory' | 'process' | 'metadata'>,
): Instance {
  const known = state.instances.get(fresh.id);
  const now = clock();
  const instance: Instance = { ...fresh, registeredAt: known?.registeredAt ?? now, lastHeartbeat: now };
  ledger.putInstance(instance);
  if (!known) {
    log.info('instance registered', { instance: fresh.id, process: fresh.process?.pid });
    events.emit('instance_registered', undefined, aboutInstance(instance));
  }
  return instance;
}

/** @throws StyxyError INSTANCE_NOT_FOUND */
export async function heartbeat(context: InstanceContext, id: string): Promise<InstanceAnswer> {
  return answer(context, beat(context, requireInstance(context, id)));
}

/** A sign of life is true also when it can't be written down. */
function beat({ ledger, clock }: InstanceContext, instance: Instance): Instance {
  const heard = { ...instance, lastHeartbeat: clock() };
  ledger.anyway.putInstance(heard);
  return heard;
}

export async function listInstances(context: InstanceContext): Promise<InstanceListAnswer> {
  return { instances: [...context.state.instances.all()].map((instance) => toRecord(context, instance)) };
}

/** @throws StyxyError INSTANCE_NOT_FOUND, STATE_UNWRITABLE */
export async function removeInstance(context: InstanceContext, id: string): Promise<InstanceAnswer> {
  const instance = requireInstance(context, id);
  const record = answer(context, instance);
  endInstance(context, instance, 'removed');
  return record;
}

/**
 * Asking for a port is a sign of life; an agent's session that is not known yet becomes an instance.
 * @returns the request, in the name of the session that has started the asker where it names none itself
 */
export function noteAsker(context: InstanceContext, body: AllocateBody): AllocateBody {
  const { instance_id: id, project_path: directory, pid_namespace: namespace } = body;
  if (id === undefined) return { ...body, instance_id: sessionAround(context, body)?.id };
  // Its pids are other processes here.
  const session = isForeignNamespace(namespace) ? undefined : body.session;
  const known = context.state.instances.get(id);
  const isSame = known?.process?.pid === session?.process_id;
  if (!session || (known?.process && isSame && context.machine.isAlive(known.process))) {
    if (known) beat(context, known);
    return body;
  }
  const process = provenProcess(context, session);
  if (process) register(context, { id, directory, process, metadata: known?.metadata ?? agentOf(id) });
  return body;
}

/** `claude` of `claude-1f2e3d4c`. */
const agentOf = (session: string): Instance['metadata'] => ({ agent: session.replace(/-.*/, '') });

/**
 * Not every agent gives its commands the name of the session: then it is the innermost agent that has started the
 * asker, the latest session of its process.
 */
function sessionAround(
  { state, machine }: InstanceContext,
  { process_id: asker, pid_namespace: namespace }: AllocateBody,
): Instance | undefined {
  if (asker === undefined || isForeignNamespace(namespace)) return undefined;
  const around = [...state.instances.all()].filter(
    ({ process, metadata }) =>
      process !== undefined &&
      metadata.agent !== undefined &&
      machine.isDescendant(asker, process.pid) &&
      machine.isAlive(process),
  );
  const isAround = (outer: Instance, inner: Instance): boolean =>
    machine.isDescendant(inner.process!.pid, outer.process!.pid);
  return around.findLast((each) => !around.some((other) => isAround(each, other)));
}

/** The session's process, if the asker was really started by it: a number in the environment can be years old. */
function provenProcess(
  { machine }: InstanceContext,
  { process_id: pid, asked_by }: NonNullable<AllocateBody['session']>,
): ProcessIdentity | undefined {
  return machine.isDescendant(asked_by, pid) ? machine.identify(pid) : undefined;
}

function requireInstance({ state }: InstanceContext, id: string): Instance {
  const instance = state.instances.get(id);
  if (instance) return instance;
  throw new StyxyError('INSTANCE_NOT_FOUND', `there is no instance "${id}"`, {
    why: 'it was never registered, or has ended',
    details: { instance_id: id },
  });
}

const answer = (context: InstanceContext, instance: Instance): InstanceAnswer => ({
  success: true,
  ...toRecord(context, instance),
});

function toRecord(context: InstanceContext, instance: Instance): InstanceRecord {
  const { id, directory, process, registeredAt, lastHeartbeat, metadata } = instance;
  const expiresAt = Math.max(lastHeartbeat, context.listeningSince) + silenceLimitMs(context);
  const leases = [...context.state.leases.all()].filter((lease) => isUsedByInstance(id, lease));
  return {
    instance_id: id,
    working_directory: directory ?? null,
    process_id: process?.pid ?? null,
    registered_at: new Date(registeredAt).toISOString(),
    last_heartbeat: new Date(lastHeartbeat).toISOString(),
    expires_at: process ? null : new Date(expiresAt).toISOString(),
    metadata: { ...metadata },
    active_allocations: leases.map(({ port, id: lock_id, type, name }) => ({
      port,
      lock_id,
      service_type: type,
      service_name: name ?? null,
    })),
  };
}

function aboutInstance({ id, directory, process }: Instance): Record<string, unknown> {
  return {
    instance_id: id,
    ...(directory !== undefined && { project_path: directory }),
    ...(process && { pid: process.pid }),
  };
}
