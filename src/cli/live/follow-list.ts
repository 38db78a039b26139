import { StyxyError } from '../../base/styxy-error.ts';
import { createConnection, type Connection } from '../../client/connection.ts';
import { watchEvents, type EventWatch } from '../../client/event-stream.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { ListQuery } from '../../protocol/requests/queries.ts';
import { createAlarm } from '../../system/alarm.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';
import type { End } from './end.ts';

/** Ages grow, and programs outside Styxy come and go, without an event. */
const ASK_AGAIN_MS = 2000;
/** Events come in groups: one list for all of them. */
const GROUP_MS = 50;
/** The longer a list is, the more an answer costs the daemon. */
const REST_PER_LEASE_MS = 2;
const LONGEST_REST_MS = 2000;
const RECONNECT_MS = 250;

export interface ListListener {
  onAnswer(answer: ListAnswer): void;
  /** The daemon has ended. */
  onLost(): void;
}

/**
 * Tells the list of leases, and tells it again after each event. Goes on with the next daemon when this one ends, but
 * starts none: it may have been stopped on purpose.
 * @returns how to end, when that has come
 * @throws StyxyError when there is no daemon at first, and none can be started; for a wrong query
 */
export function followList(
  { connection, paths, env }: Pick<Context, 'connection' | 'paths' | 'env'>,
  query: ListQuery,
  { onAnswer, onLost }: ListListener,
  end: End,
): Promise<Result> {
  // Nothing that the daemon has not answered yet keeps the end waiting.
  return Promise.race([end.ended, follow()]);

  async function follow(): Promise<Result> {
    const { alarm, signal } = end;
    const withoutStarting = untilAborted(createConnection({ paths, env, autostart: false }), signal);
    const coordinator = createHttpCoordinator(withoutStarting);
    const rest = createAlarm();
    signal.addEventListener('abort', rest.ring);
    let events: EventWatch | undefined = await watchEvents(untilAborted(connection, signal), alarm.ring);
    while (!signal.aborted) {
      if (events) {
        await tellWhile(events);
        events = undefined;
        if (!signal.aborted) onLost();
      } else {
        await alarm.within(RECONNECT_MS);
        events = await unlessGone(watchEvents(withoutStarting, alarm.ring));
      }
    }
    return end.ended;

    /** Tells until the daemon ends, or we do. */
    async function tellWhile(source: EventWatch): Promise<void> {
      let hasEnded = false;
      source.onEnd(() => {
        hasEnded = true;
        alarm.ring();
      });
      try {
        while (!hasEnded && !signal.aborted) {
          const answer = await unlessGone(coordinator.list(query));
          if (!answer || signal.aborted) return;
          onAnswer(answer);
          await alarm.within(ASK_AGAIN_MS);
          const ms = Math.min(answer.allocations.length * REST_PER_LEASE_MS, LONGEST_REST_MS);
          await rest.within(Math.max(GROUP_MS, ms));
        }
      } finally {
        source.close();
      }
    }
  }
}

/** The same daemon, whose answers are given up when the signal is. */
function untilAborted(connection: Connection, signal: AbortSignal): Connection {
  return {
    call: (request) => connection.call({ ...request, signal }),
    hold: (request) => connection.hold({ ...request, signal }),
    tell: connection.tell,
  };
}

/** undefined: the daemon is not there. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StyxyError && error.code === 'DAEMON_UNREACHABLE') return undefined;
    throw error;
  }
}
