import { connect, type Socket } from 'node:net';
import { ofShortage } from '../base/shortage.ts';
import { StyxyError, messageOf, systemCode } from '../base/styxy-error.ts';
import { fromErrorBody } from '../protocol/error-body.ts';
import { HEADERS, PROTOCOL, VERSION } from '../protocol/version.ts';
import { createResponseParser } from './response-parser.ts';

/*
 * HTTP over the daemon's socket, by hand: the two requests of a `styxy run` would otherwise load Node's whole HTTP
 * client and server, which costs a third of the time in which a bare node starts and ends.
 */

/** A live daemon answers within milliseconds; one that doesn't in this time is stopped or stuck. */
const ANSWER_LIMIT_MS = 5000;
/** Longer than a command takes to print an answer. */
const CLOSE_AFTER_MS = 50;

export interface Call {
  method: string;
  path: string;
  body?: unknown;
  /** The answer, or each line of it, is plain text and no JSON. */
  as?: 'text';
  /** Without saying who asks: an older daemon then doesn't make room for a newer one. */
  anonymous?: boolean;
  /** No further request follows on the same connection; so it is unless told otherwise. */
  isLast?: boolean;
  /** Gives the request up, and an answer that stays open: DAEMON_UNREACHABLE. */
  signal?: AbortSignal;
}

/** Nobody listens at the socket. The only failure after which starting a daemon makes sense. */
export class NoDaemonError extends Error {
  override readonly name = 'NoDaemonError';
}

/** One request, one JSON answer. @throws NoDaemonError, or StyxyError (the daemon's own, or DAEMON_UNREACHABLE) */
export function call<Answer>(socketPath: string, request: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const received: Buffer[] = [];
    const socket = open(socketPath, request, reject, {
      head: (code) => (status = code),
      body: (bytes) => received.push(bytes),
      end() {
        const text = Buffer.concat(received).toString('utf8');
        closeSoon(socket);
        const answer = status === 200 ? reader(request)(text) : parseJson(text);
        if (status === 200) resolve(answer as Answer);
        else reject(fromErrorBody(answer, status));
      },
    });
  });
}

/**
 * Closes a connection of which all is known. Most commands end before, which does the same: to close it Node makes its
 * stream for stderr, and to see the other side's end takes as much.
 */
function closeSoon(socket: Socket): void {
  socket.pause().unref();
  setTimeout(() => socket.destroy(), CLOSE_AFTER_MS).unref();
}

/** One request whose answer nobody waits for, nor the end of this process. Resolves when the kernel has it. */
export function tell(socketPath: string, request: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('error', (error) => reject(asClientError(error, socketPath)));
    socket.end(requestText(request), () => {
      socket.unref();
      resolve();
    });
  });
}

export interface LineStream {
  first: unknown;
  /** Each later line. */
  onLine(listener: (line: unknown) => void): void;
  /** The response ended: the daemon is gone, or has ended it. */
  onEnd(listener: () => void): void;
  /**
   * Says something on the same connection, before its end; nobody waits for the answer. Resolves when the kernel has it.
   * @throws NoDaemonError when the connection has ended
   */
  tell(request: Call): Promise<void>;
  /** Lets the process exit although the response is open. */
  unref(): void;
  close(): void;
}

/** One request whose answer stays open, line by line. Resolves with its first line. Errors as for `call`. */
export function callAndHold(socketPath: string, request: Call): Promise<LineStream> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let pending: Buffer = Buffer.alloc(0);
    let started = false;
    let hasEnded = false;
    // Lines and the end may arrive together with the first line, before anybody could listen to them.
    const early: unknown[] = [];
    let onLine = (line: unknown): void => void early.push(line);
    let onEnd = (): void => undefined;
    const read = reader(request);

    function line(text: string): void {
      if (started) return onLine(read(text));
      started = true;
      resolve({
        first: read(text),
        onLine(listener) {
          onLine = listener;
          for (const each of early.splice(0)) listener(each);
        },
        onEnd(listener) {
          onEnd = listener;
          if (hasEnded) listener();
        },
        tell: (request) =>
          new Promise((said, failed) => {
            socket.write(requestText(request), (error) =>
              error ? failed(asClientError(error, socketPath)) : said(),
            );
          }),
        unref: () => void socket.unref(),
        close: () => void socket.destroy(),
      });
    }

    // The last word of a holder is the next request on this connection.
    const socket = open(socketPath, { ...request, isLast: false }, reject, {
      head: (code) => (status = code),
      body(bytes) {
        pending = Buffer.concat([pending, bytes]);
        // A piece may end in the middle of a character, a line can't.
        const end = pending.lastIndexOf('\n') + 1;
        const lines = pending.toString('utf8', 0, end).split('\n');
        pending = pending.subarray(end);
        for (const each of lines.slice(0, -1)) line(each);
      },
      end() {
        const refusal =
          status === 200 ? undefined : fromErrorBody(parseJson(pending.toString('utf8')), status);
        if (refusal) reject(refusal);
        socket.destroy();
      },
    });
    socket.once('close', () => {
      hasEnded = true;
      onEnd();
    });
  });
}

/** Sends a request. `fail` is told whatever goes wrong before the first bytes of the answer, or in the middle of it. */
function open(
  socketPath: string,
  request: Call,
  fail: (error: Error) => void,
  events: Parameters<typeof createResponseParser>[0],
): Socket {
  const { signal } = request;
  const socket = connect(socketPath);
  const parse = createResponseParser(events);
  const limit = setTimeout(() => socket.destroy(notAnswering(socketPath)), ANSWER_LIMIT_MS);
  socket.on('data', (bytes: Buffer) => {
    clearTimeout(limit);
    try {
      parse(bytes);
    } catch (error) {
      socket.destroy(new StyxyError('INTERNAL', `the daemon answered something odd: ${messageOf(error)}`));
    }
  });
  socket.once('error', (error) => fail(asClientError(error, socketPath)));
  const giveUp = (): void => void socket.destroy(signal?.reason);
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  socket.once('close', () => {
    clearTimeout(limit);
    signal?.removeEventListener('abort', giveUp);
    fail(new NoDaemonError('the daemon ended while answering'));
  });
  socket.write(requestText(request));
  return socket;
}

function requestText({ method, path, body, anonymous = false, isLast = true }: Call): string {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const head = [`${method} ${path} HTTP/1.1`, 'host: localhost'];
  if (isLast) head.push('connection: close');
  if (!anonymous) head.push(`${HEADERS.version}: ${VERSION}`, `${HEADERS.protocol}: ${PROTOCOL}`);
  if (payload) head.push('content-type: application/json', `content-length: ${Buffer.byteLength(payload)}`);
  return `${head.join('\r\n')}\r\n\r\n${payload}`;
}

function asClientError(error: unknown, socketPath: string): Error {
  if (error instanceof StyxyError) return error;
  const code = systemCode(error) ?? '';
  if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTDIR'].includes(code)) {
    return new NoDaemonError(messageOf(error));
  }
  // Nobody has taken any of the connections that wait already.
  if (code === 'EAGAIN') return notAnswering(socketPath);
  const shortage = ofShortage(error, 'styxy');
  if (shortage) return shortage;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon can not be reached', {
    why: `${messageOf(error)} (${socketPath})`,
    hint: isForbidden ? `allow this program to use the socket ${socketPath}` : 'styxy daemon restart',
    cause: error,
  });
}

function notAnswering(socketPath: string): StyxyError {
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon does not answer', {
    why: `something holds ${socketPath} but said nothing for ${ANSWER_LIMIT_MS / 1000} seconds`,
    hint: 'styxy daemon restart',
    details: { silent: true },
  });
}

const reader = ({ as }: Call): ((text: string) => unknown) => (as === 'text' ? (text) => text : parseJson);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StyxyError('INTERNAL', 'the daemon answered something that is not JSON');
  }
}
