import type { Lease } from '../domain/lease.ts';
import type { Allocation, LeaseState, WireHolder, WireListener } from '../protocol/allocation.ts';

interface Facts {
  state: LeaseState;
  listeners: readonly WireListener[];
}

/** A lease as the world sees it. */
export function toAllocation(lease: Lease, { state, listeners }: Facts): Allocation {
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
    // A drifted server is reached where it is, not where it should be.
    url: `http://localhost:${(state === 'drifted' ? listeners[0]?.port : undefined) ?? lease.port}`,
  };
}

function toWireHolder({ holder }: Lease): WireHolder {
  if (holder.kind === 'ttl') return { kind: 'ttl', expires_at: new Date(holder.expiresAt).toISOString() };
  if (holder.kind === 'instance' || holder.pid === undefined) return { kind: holder.kind };
  return { kind: holder.kind, pid: holder.pid };
}
