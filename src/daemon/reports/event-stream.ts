import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { DaemonEvent } from '../../protocol/answers/events.ts';
import { VERSION } from '../../protocol/version.ts';
import type { EventBus } from '../ledger/events.ts';

/** Proxies and browsers give up connections that are silent for much longer. */
const HEARTBEAT_MS = 15_000;
/** Told to the watcher: how long to wait before it connects again. */
const RETRY_MS = 1000;
/** A watcher that is further behind than this is dropped, rather than kept in memory. Bytes. */
const LARGEST_BACKLOG = 1024 * 1024;

export interface EventStreams {
  /** Goes on with an answer whose head is written: everything that happens from now on, until the watcher leaves. */
  open(response: ServerResponse): undefined;
  /** How many watch now. */
  readonly watchers: number;
}

/**
 * Server-sent events (the HTML standard's `text/event-stream`): first `hello`, then each event by its name, with its
 * facts as JSON. What happened before is in the lists and in the audit log.
 */
export function createEventStreams(events: Pick<EventBus, 'subscribe'>, clock: Clock): EventStreams {
  const watchers = new Set<ServerResponse>();

  function open(response: ServerResponse): undefined {
    const send = (text: string): void => {
      if (response.writableLength > LARGEST_BACKLOG) response.destroy();
      if (!response.destroyed) response.write(text);
    };
    const unsubscribe = events.subscribe((event) => send(frame(event)));
    const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS).unref();
    watchers.add(response);
    response.once('close', () => {
      unsubscribe();
      clearInterval(heartbeat);
      watchers.delete(response);
    });
    send(`retry: ${RETRY_MS}\n\n`);
    send(
      frame({ event: 'hello', time: new Date(clock()).toISOString(), version: VERSION, pid: process.pid }),
    );
  }

  return {
    open,
    get watchers() {
      return watchers.size;
    },
  };
}

/** JSON has no raw line ends, so one `data:` line holds it. */
function frame(event: DaemonEvent | { event: 'hello'; [fact: string]: unknown }): string {
  return `event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
}
