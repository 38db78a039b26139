import type { ServerResponse } from 'node:http';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { Engine } from '../engine.ts';
import type { HoldConnection } from '../holders/connections.ts';
import { writeHead } from './respond.ts';

/**
 * Answers with the lease and keeps the response open; later lines are events of the lease. The kernel closes the
 * connection when the client dies by any cause, so the end of this response is the end of the holder.
 */
export function holdOpen(
  response: ServerResponse,
  answer: AllocateAnswer,
  engine: Engine,
  takesOrders = false,
): undefined {
  let wasSent = answer.existing === true;
  const write = (value: unknown, onSent?: (error?: Error | null) => void): void =>
    void response.write(`${JSON.stringify(value)}\n`, onSent);
  const connection: HoldConnection = {
    takesOrders,
    send: (event) => write(event),
    close: () => void response.end(),
  };
  // With a lease that the client never read, no process can have been started: none is searched for.
  const disconnected = (): void => engine.disconnected(connection, !wasSent);
  writeHead(response, 200, { 'content-type': 'application/x-ndjson' });
  engine.hold(answer.lock_id, connection, answer.share_id);
  response.once('close', disconnected);
  write(answer, (error) => (wasSent ||= !error));
  // The client may have disconnected while its port was being found; then 'close' was emitted before.
  if (response.destroyed || response.closed) disconnected();
}

/** Answers with a lease that another holder keeps; nothing depends on this response. */
export function holdNothing(response: ServerResponse, answer: AllocateAnswer): undefined {
  writeHead(response, 200, { 'content-type': 'application/x-ndjson' });
  response.end(`${JSON.stringify(answer)}\n`);
}
