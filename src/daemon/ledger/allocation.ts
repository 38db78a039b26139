import type { Lease, Share } from '../../domain/lease.ts';
import { isShared, sharesOf } from '../../domain/sharing.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { Allocation, LeaseState, WireHolder, WireSharer } from '../../protocol/answers/allocation.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';

interface Facts {
  state: LeaseState;
  listeners: readonly WireListener[];
  /** Where it listens instead of on its port. */
  driftedTo?: readonly number[] | undefined;
}

/** What is known of a lease without a look at the machine. */
export function unseen({ orphanedAt, driftedTo }: Lease): Facts {
  const hasDrifted = driftedTo !== undefined && driftedTo.length > 0;
  const state = orphanedAt !== undefined ? 'orphaned' : hasDrifted ? 'drifted' : 'granted';
  return { state, driftedTo, listeners: [] };
}

/** A lease as the world sees it. */
export function toAllocation(lease: Lease, { state, listeners, driftedTo = [] }: Facts): Allocation {
  return {
    port: lease.port,
    lock_id: lease.id,
    service_type: lease.type,
    service_name: lease.name ?? null,
    state,
    project_path: lease.project ?? null,
    instance_id: lease.instance ?? null,
    holder: toWireHolder(lease),
    process_id: lease.service?.pid ?? ('pid' in lease.holder ? (lease.holder.pid ?? null) : null),
    command: lease.command ?? null,
    branch: lease.branch ?? null,
    allocated_at: new Date(lease.allocatedAt).toISOString(),
    listeners: [...listeners],
    actual_ports: actualPorts(lease, state, driftedTo),
    // A drifted server is reached where it is, not where it should be.
    url: `http://localhost:${driftedTo[0] ?? lease.port}`,
    ...(isShared(lease) && { sharers: sharesOf(lease).map(toWireSharer) }),
  };
}

/** A lease as the one who asked for it hears of it; nobody has looked where its program listens. */
export function toAnswer(lease: Lease): AllocateAnswer {
  const allocation = toAllocation(lease, unseen(lease));
  return { success: true, ...allocation, ...(lease.sharing && { share_id: lease.sharing.self }) };
}

function actualPorts({ port }: Lease, state: LeaseState, driftedTo: readonly number[]): number[] {
  if (driftedTo.length > 0) return [...driftedTo];
  return state === 'bound' || state === 'orphaned' ? [port] : [];
}

function toWireSharer({ holder, instance, project, command }: Share): WireSharer {
  return {
    holder: toWireHolder({ holder }),
    instance_id: instance ?? null,
    project_path: project ?? null,
    command: command ?? null,
  };
}

function toWireHolder({ holder }: Pick<Lease, 'holder'>): WireHolder {
  if (holder.kind === 'ttl') return { kind: 'ttl', expires_at: new Date(holder.expiresAt).toISOString() };
  if (holder.kind === 'instance' || holder.pid === undefined) return { kind: holder.kind };
  return { kind: holder.kind, pid: holder.pid };
}
