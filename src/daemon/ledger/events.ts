import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { pidOf, type Lease } from '../../domain/lease.ts';
import type { DaemonEvent } from '../../protocol/answers/events.ts';
import type { EventName } from '../../protocol/events.ts';
import type { Ledger } from './ledger.ts';

/** Where the parts of the daemon say what happened, and those who report it listen. */
export interface EventBus {
  emit(event: EventName, lease?: Lease, facts?: Record<string, unknown>): void;
  /** @returns stops listening */
  subscribe(listener: (event: DaemonEvent) => void): () => void;
}

export function createEventBus(clock: Clock): EventBus {
  const listeners = new Set<(event: DaemonEvent) => void>();
  return {
    emit(name, lease, facts) {
      if (listeners.size === 0) return;
      const event: DaemonEvent = {
        event: name,
        time: new Date(clock()).toISOString(),
        ...(lease && aboutLease(lease)),
        ...facts,
      };
      for (const tell of listeners) tell(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Says which leases end, and which are kept only by what uses their port. */
export function tellOfLeases(ledger: Pick<Ledger, 'subscribe'>, events: EventBus, log: Logger): void {
  ledger.subscribe({
    changed(lease, before) {
      if (before && before.orphanedAt === undefined && lease.orphanedAt !== undefined)
        events.emit('orphaned', lease);
    },
    ended(lease, reason) {
      log.debug('lease ended', { lease: lease.id, port: lease.port, reason });
      events.emit('released', lease, { reason });
    },
  });
}

function aboutLease({
  id,
  port,
  type,
  name,
  service,
  holds: [{ holder, project, instance }],
}: Lease): Partial<DaemonEvent> {
  const pid = service?.pid ?? pidOf(holder);
  return {
    port,
    lock_id: id,
    service_type: type,
    ...(name !== undefined && { service_name: name }),
    ...(project !== undefined && { project_path: project }),
    ...(instance !== undefined && { instance_id: instance }),
    ...(pid !== undefined && { pid }),
  };
}
