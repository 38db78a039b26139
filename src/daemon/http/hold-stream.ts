import type { ServerResponse } from 'node:http';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { Engine } from '../engine.ts';
import type { HoldConnection } from '../holders/lifetimes.ts';

/**
 * Answers with the lease and keeps the response open. The kernel closes it when the client dies, however it dies, so
 * the end of this response is the end of the holder. Later lines are events of the lease.
 */
export function holdOpen(response: ServerResponse, answer: AllocateAnswer, engine: Engine): undefined {
  let wasSent = answer.existing === true;
  const write = (value: unknown, onSent?: (error?: Error | null) => void): void =>
    void response.write(`${JSON.stringify(value)}\n`, onSent);
  const connection: HoldConnection = {
    send: (event) => write(event),
    close: () => void response.end(),
  };
  // Nothing can have been started with a lease that its asker never read: it need not be looked for.
  const disconnected = (): void => engine.disconnected(answer.lock_id, connection, !wasSent);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  engine.hold(answer.lock_id, connection, answer.share_id);
  response.once('close', disconnected);
  write(answer, (error) => (wasSent ||= !error));
  // The client may have gone while its port was being found; then 'close' has been already.
  if (response.destroyed || response.closed) disconnected();
}

/** The lease is somebody else's: the client is told of it, and nothing depends on this response. */
export function holdNothing(response: ServerResponse, answer: AllocateAnswer): undefined {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.end(`${JSON.stringify(answer)}\n`);
}
