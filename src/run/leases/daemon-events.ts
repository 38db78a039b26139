import type { Connection } from '../../client/connection.ts';
import type { EventWatch } from '../../client/event-stream.ts';
import type { WakeUp } from './wait-until.ts';

/** Events come in groups: one question for all of them. ms */
const GROUP_MS = 20;

/**
 * Wakes up when the daemon says that something has happened, and when it begins to: what happened before is in the next
 * answer. Where its events can't be had, or no longer, the one who waits asks from time to time anyway.
 */
export function daemonEvents(connection: Connection): WakeUp {
  return (ring) => {
    let isOver = false;
    let watch: EventWatch | undefined;
    let group: NodeJS.Timeout | undefined;
    const onEvent = (): void => {
      if (!isOver) group ??= setTimeout(() => ((group = undefined), ring()), GROUP_MS);
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
