import type { ServerResponse } from 'node:http';
import type { AllocateAnswer } from '../../protocol/allocation.ts';
import type { Engine } from '../engine.ts';
import type { HoldConnection } from '../lifetimes.ts';

/**
 * Answers with the lease and keeps the response open. The kernel closes it when the client dies, however it dies, so
 * the end of this response is the end of the holder. Later lines are events of the lease.
 */
export function holdOpen(response: ServerResponse, answer: AllocateAnswer, engine: Engine): undefined {
  const line = (value: unknown): void => void response.write(`${JSON.stringify(value)}\n`);
  const connection: HoldConnection = {
    send: line,
    close: () => void response.end(),
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  line(answer);
  engine.hold(answer.lock_id, connection);
  response.once('close', () => engine.disconnected(answer.lock_id, connection));
  // The client may have gone while its port was being found; then 'close' has been already.
  if (response.destroyed || response.closed) engine.disconnected(answer.lock_id, connection);
}
