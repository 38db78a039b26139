import { pidNamespace } from '../../system/process/pid-namespace.ts';
import { pidOf, type Hold, type Holder, type Lease } from '../../domain/lease.ts';
import type { Reason } from '../../domain/reason.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type {
  Allocation,
  LeaseState,
  WireHolder,
  WireReason,
  WireSharer,
} from '../../protocol/answers/allocation.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';

interface Facts {
  state: LeaseState;
  listeners: readonly WireListener[];
  outsiders?: readonly WireListener[] | undefined;
  /** Where it listens instead of on its port. */
  driftedTo?: readonly number[] | undefined;
}

/** What is known of a lease without an observation of the machine. */
export function unseen({ orphanedAt, driftedTo }: Lease): Facts {
  const hasDrifted = driftedTo !== undefined && driftedTo.length > 0;
  const state = orphanedAt !== undefined ? 'orphaned' : hasDrifted ? 'drifted' : 'granted';
  return { state, driftedTo, listeners: [] };
}

/** A lease as the world sees it. */
export function toAllocation(
  lease: Lease,
  { state, listeners, outsiders = [], driftedTo = [] }: Facts,
): Allocation {
  const [first] = lease.holds;
  // A drifted server is reached where it is, not where it should be.
  const port = driftedTo[0] ?? lease.port;
  return {
    port: lease.port,
    lock_id: lease.id,
    service_type: lease.type,
    service_name: lease.name ?? null,
    ...(first.origin && { service_folder: first.origin.folder, program: first.origin.program }),
    state,
    project_path: first.project ?? null,
    instance_id: first.instance ?? null,
    holder: toWireHolder(first.holder),
    process_id: lease.service?.pid ?? pidOf(first.holder) ?? null,
    command: first.command ?? null,
    branch: first.branch ?? null,
    allocated_at: new Date(lease.allocatedAt).toISOString(),
    listeners: [...listeners],
    ...(outsiders.length > 0 && { outsiders: [...outsiders] }),
    actual_ports: actualPorts(lease, state, driftedTo),
    url: `http://localhost:${port}`,
    name_url: nameUrl(lease.host, port),
    ...toWireReason(lease.reason),
    ...(lease.shared && {
      singleton_scope: lease.shared.isOfMachine ? 'machine' : 'project',
      sharers: lease.holds.map(toWireSharer),
    }),
  };
}

/** Where a service with this host name is. */
export const nameUrl = (host: string | undefined, port: number): string | null =>
  host === undefined ? null : `http://${host}.localhost:${port}`;

export function toWireReason(reason: Reason | undefined): { reason?: WireReason } {
  if (!reason) return {};
  const { code, text, insteadOf } = reason;
  return { reason: { code, text, ...(insteadOf !== undefined && { instead_of: insteadOf }) } };
}

export function fromWireReason(reason: WireReason | undefined): Reason | undefined {
  return reason && { code: reason.code, text: reason.text, insteadOf: reason.instead_of };
}

/** A lease as the one who asked for it hears of it: without an observation. */
export function toAnswer(lease: Lease): AllocateAnswer {
  const allocation = toAllocation(lease, unseen(lease));
  return { success: true, ...allocation, ...(lease.shared && { share_id: lease.holds[0].id }) };
}

function actualPorts({ port }: Lease, state: LeaseState, driftedTo: readonly number[]): number[] {
  if (driftedTo.length > 0) return [...driftedTo];
  return state === 'bound' || state === 'orphaned' ? [port] : [];
}

function toWireSharer({ holder, instance, project, command }: Hold): WireSharer {
  return {
    holder: toWireHolder(holder),
    instance_id: instance ?? null,
    project_path: project ?? null,
    command: command ?? null,
  };
}

function toWireHolder(holder: Holder): WireHolder {
  if (holder.kind === 'ttl') return { kind: 'ttl', expires_at: new Date(holder.expiresAt).toISOString() };
  const pid = pidOf(holder);
  const foreign = holder.kind === 'connection' ? holder.namespace : undefined;
  const namespace = foreign ?? (pid === undefined ? undefined : pidNamespace());
  return {
    kind: holder.kind,
    ...(pid !== undefined && { pid }),
    ...(namespace !== undefined && { pid_namespace: namespace }),
  };
}
