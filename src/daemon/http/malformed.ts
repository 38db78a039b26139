import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import { toErrorBody } from '../../protocol/error-body.ts';

/** Answers bytes that are no HTTP request like any other refusal; by itself Node sends a bare status. */
export function answerMalformed(server: Server): void {
  const answering = new WeakSet<Duplex>();
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.add(socket);
    response.once('close', () => answering.delete(socket));
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    // In the middle of another answer these bytes would be read as a part of it.
    if (!socket.writable || answering.has(socket)) socket.destroy();
    else socket.end(rawAnswer(refusalOf(error)), () => socket.destroy());
  });
}

function refusalOf(error: Error): StyxyError {
  switch (systemCode(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return new StyxyError('BODY_TOO_LARGE', 'the address and the headers are larger than 16 KiB', {
        hint: 'send shorter names',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new StyxyError('INVALID_REQUEST', 'the request did not come to its end in time');
    case 'HPE_INVALID_METHOD':
      return isRequestLine(error)
        ? new StyxyError('METHOD_NOT_ALLOWED', 'no such method is possible here')
        : new StyxyError('INVALID_REQUEST', 'this is no HTTP request');
    default:
      return new StyxyError('INVALID_REQUEST', 'this is no HTTP request');
  }
}

/** HTTP but for the method, which Node does not know. */
function isRequestLine(error: Error): boolean {
  const packet = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
  return /^[!-~]{1,64} [!-~]{1,1024} HTTP\/1\.[01]\r?\n/.test(packet.toString('latin1', 0, 1200));
}

function rawAnswer(error: StyxyError): string {
  const body = JSON.stringify(toErrorBody(error));
  const head = [
    `HTTP/1.1 ${error.httpStatus} ${STATUS_CODES[error.httpStatus]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
