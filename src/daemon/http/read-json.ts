import type { IncomingMessage } from 'node:http';
import { StyxyError } from '../../base/styxy-error.ts';

const LARGEST_BODY = 64 * 1024;

/** A request's body, counted while it is read. @throws StyxyError BODY_TOO_LARGE, INVALID_REQUEST */
export async function readJsonObject(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let size = Number(request.headers['content-length'] ?? 0);
  if (size > LARGEST_BODY) throw tooLarge();
  size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  return parseObject(Buffer.concat(chunks));
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
