import { connect } from 'node:net';

/** An answer as it came over the wire; undefined when the other side closed without one. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** All that came. */
  readonly text: string;
}

/**
 * Sends these very bytes, which no HTTP library would, and reads until the other side closes or has answered; of an
 * answer that is held open, the first line.
 */
export async function sendRaw(port: number, ...pieces: (string | Buffer)[]): Promise<RawAnswer | undefined> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (isComplete(Buffer.concat(chunks).toString())) socket.end();
  });
  // A refused body is not read to its end: the rest of it may meet a closed connection.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  await Promise.race([new Promise<void>((resolve) => void socket.once('connect', resolve)), closed]);
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    await new Promise(setImmediate);
  }
  socket.setTimeout(8000, () => socket.destroy());
  await closed;
  return parse(Buffer.concat(chunks).toString());
}

function isComplete(text: string): boolean {
  const { headers, body } = parse(text) ?? {};
  const length = headers?.get('content-length');
  // What is held open has no end: its first line is the answer.
  if (headers?.get('content-type')?.startsWith('application/x-ndjson')) return body?.includes('}\n') ?? false;
  if (headers?.get('transfer-encoding') === 'chunked') return body?.endsWith('0\r\n\r\n') ?? false;
  return length !== undefined && body !== undefined && Buffer.byteLength(body) >= Number(length);
}

function parse(text: string): RawAnswer | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  if (!status || rest.length === 0) return undefined;
  const headers = new Map(
    lines.map(
      (line) =>
        [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
    ),
  );
  return { status: Number(status), headers, body: rest.join('\r\n\r\n'), text };
}

/** The head of a request, and its body if there is one. A header given as undefined is left out. */
export function rawRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>>,
  body?: string | Buffer,
): Buffer {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const length =
    body === undefined || 'transfer-encoding' in headers
      ? []
      : [`content-length: ${Buffer.byteLength(body)}`];
  const head = [`${method} ${path} HTTP/1.1`, ...lines, ...length].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.from(body ?? '')]);
}
