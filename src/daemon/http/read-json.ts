import type { IncomingMessage } from 'node:http';
import { StyxyError } from '../../base/styxy-error.ts';

const LARGEST_BODY = 64 * 1024;

/** A request's body, counted while it is read. @throws StyxyError BODY_TOO_LARGE, INVALID_REQUEST */
export async function readJsonObject(request: IncomingMessage): Promise<object> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) throw tooLarge();
  return parseObject(await readBytes(request));
}

/** By events: an asynchronous iterator over the request costs several times as much. */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= LARGEST_BODY) return;
      request.pause().removeAllListeners('data');
      reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once(
      'close',
      () => request.complete || reject(new Error('the client left in the middle of its request')),
    );
  });
}

function parseObject(bytes: Buffer): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below, like any other body that is no object.
  }
  throw new StyxyError('INVALID_REQUEST', 'the body must be a JSON object in UTF-8');
}

function tooLarge(): StyxyError {
  return new StyxyError('BODY_TOO_LARGE', `the body is larger than ${LARGEST_BODY / 1024} KiB`);
}
