import { ENDPOINTS } from '../protocol/endpoints.ts';
import type { Connection } from './connection.ts';

export interface EventWatch {
  /** The daemon has ended, or has ended this. */
  onEnd(listener: () => void): void;
  close(): void;
}

/**
 * Hears of everything that happens at the daemon, from now on.
 * @param onEvent told the name of each event, `hello` first
 * @throws StyxyError as every request to the daemon
 */
export async function watchEvents(
  connection: Connection,
  onEvent: (name: string) => void,
): Promise<EventWatch> {
  const { method, path } = ENDPOINTS.events;
  const stream = await connection.hold({ method, path, as: 'text' });
  const hear = (line: unknown): void => {
    const name = /^event: (\w+)$/.exec(String(line))?.[1];
    if (name !== undefined) onEvent(name);
  };
  hear(stream.first);
  stream.onLine(hear);
  return { onEnd: stream.onEnd, close: stream.close };
}
