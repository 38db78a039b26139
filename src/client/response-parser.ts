/** What a response tells, as it arrives. */
export interface ResponseEvents {
  head(status: number): void;
  /** A piece of the body, of any size. */
  body(bytes: Buffer): void;
  end(): void;
}

const END_OF_HEAD = '\r\n\r\n';
const END_OF_LINE = '\r\n';

/**
 * Reads one HTTP/1.1 response with a known length or in chunks: all that our daemon sends.
 * @returns takes the bytes of the connection, in pieces of any size; throws when they are no such response
 */
export function createResponseParser(events: ResponseEvents): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let expect: 'head' | 'body' | 'chunk size' | 'chunk' | 'nothing' = 'head';
  let remaining = 0;

  function head(): boolean {
    const end = pending.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    const text = pending.toString('latin1', 0, end);
    pending = pending.subarray(end + END_OF_HEAD.length);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
    if (status === undefined) throw new Error('no HTTP response');
    events.head(Number(status));
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    remaining = Number(length ?? 0);
    expect = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(text) ? 'chunk size' : 'body';
    return true;
  }

  function chunkSize(): boolean {
    const end = pending.indexOf(END_OF_LINE);
    if (end < 0) return false;
    remaining = Number.parseInt(pending.toString('latin1', 0, end), 16);
    if (!Number.isSafeInteger(remaining)) throw new Error('no chunk size');
    pending = pending.subarray(end + END_OF_LINE.length);
    if (remaining === 0) return finish();
    expect = 'chunk';
    return true;
  }

  /** A chunk is handed on only as a whole, together with the line's end behind it. */
  function chunk(): boolean {
    if (pending.length < remaining + END_OF_LINE.length) return false;
    events.body(pending.subarray(0, remaining));
    pending = pending.subarray(remaining + END_OF_LINE.length);
    expect = 'chunk size';
    return true;
  }

  function body(): boolean {
    if (pending.length < remaining) return false;
    events.body(pending.subarray(0, remaining));
    return finish();
  }

  function finish(): boolean {
    expect = 'nothing';
    events.end();
    return false;
  }

  const steps = { head, body, chunk, 'chunk size': chunkSize, nothing: () => false };
  return (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    while (steps[expect]());
  };
}
