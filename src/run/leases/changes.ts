import type { Connection } from '../../client/connection.ts';
import type { EventWatch } from '../../client/event-stream.ts';
import type { EventName } from '../../protocol/events.ts';
import type { WakeUp } from './wait-until.ts';

/** After these another answer about a lease is to be expected; after `hello`, what happened before we listened. */
const OF_LEASES: ReadonlySet<string> = new Set<EventName | 'hello'>([
  'hello',
  'granted',
  'taken_up',
  'bound',
  'drifted',
  'orphaned',
  'released',
]);
/** Events come in groups: one question for all of them. ms */
const GROUP_MS = 20;

/**
 * Wakes up when the daemon says that something has happened to a lease. Where its events can't be had, or no longer,
 * the one who waits asks from time to time anyway.
 */
export function leaseChanges(connection: Connection): WakeUp {
  return (ring) => {
    let isOver = false;
    let watch: EventWatch | undefined;
    let group: NodeJS.Timeout | undefined;
    const onEvent = (name: string): void => {
      if (!OF_LEASES.has(name) || isOver) return;
      group ??= setTimeout(() => {
        group = undefined;
        ring();
      }, GROUP_MS);
    };
    const open = async (): Promise<void> => {
      const { watchEvents } = await import('../../client/event-stream.ts');
      watch = await watchEvents(connection, onEvent);
      if (isOver) watch.close();
    };
    open().catch(() => undefined);
    return () => {
      isOver = true;
      clearTimeout(group);
      watch?.close();
    };
  };
}
