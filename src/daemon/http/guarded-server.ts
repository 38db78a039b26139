import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { StyxyError } from '../../base/styxy-error.ts';
import { toErrorBody } from '../../protocol/error-body.ts';
import { compareVersions, HEADERS, PROTOCOL, VERSION } from '../../protocol/version.ts';
import type { Crowd } from './crowd.ts';
import { isOpenPage, refusalOfRequest, type Channel } from './guard.ts';
import { answerMalformed } from './malformed.ts';
import { sendJson } from './respond.ts';
import { limitUnauthenticated, type UnauthenticatedConnections } from './unauthenticated.ts';

/** Limits for clients that are slow on purpose. */
const TCP_LIMITS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };
const MOST_TCP_CONNECTIONS = 1024;
const MOST_UNAUTHENTICATED = 256;

export interface Succession {
  /** There is no lease, so this daemon can end at once. */
  isIdle(): boolean;
  /** Ends this daemon, because a newer client asks and will start its own. */
  retire(): void;
}

/** A server that lets only guarded requests through. Not listening yet. */
export function createGuardedServer(
  answer: RequestListener,
  channel: Channel,
  succession: Succession,
  crowd: Crowd,
): Server {
  let unauthenticated: UnauthenticatedConnections | undefined;
  const listener: RequestListener = (request, response) => {
    // Our clients use the socket. A request by TCP must not be able to end the daemon.
    const isOurs = channel.kind === 'socket';
    const refusal =
      crowd.refusalOf(request.socket) ??
      refusalOfRequest(request, channel) ??
      (isOurs ? refusalOfVersion(request, succession) : undefined);
    if (refusal) return refuse(request, response, refusal);
    if (!isOpenPage(request)) unauthenticated?.authenticated(request.socket);
    answer(request, response);
  };

  const server = createServer(
    // The guard refuses a missing host, with a JSON answer; Node's own refusal has none.
    { keepAliveTimeout: 60_000, requireHostHeader: false, ...(channel.kind === 'tcp' && TCP_LIMITS) },
    listener,
  );
  // The same for an `Expect` that Node does not know.
  server.on('checkExpectation', listener);
  answerMalformed(server);
  crowd.watch(server);
  if (channel.kind === 'tcp') {
    server.maxConnections = MOST_TCP_CONNECTIONS;
    unauthenticated = limitUnauthenticated(server, MOST_UNAUTHENTICATED);
  }
  return server;
}

/** A daemon older than its client ends if it holds no lease; otherwise it goes on serving. */
function refusalOfVersion({ headers }: IncomingMessage, succession: Succession): StyxyError | undefined {
  const version = headers[HEADERS.version];
  const protocol = headers[HEADERS.protocol];
  const isNewer = typeof version === 'string' && compareVersions(version, VERSION) > 0;
  if (isNewer && succession.isIdle()) {
    succession.retire();
    return new StyxyError(
      'DAEMON_OUTDATED',
      `this daemon is version ${VERSION} and makes room for ${version}`,
    );
  }
  if (protocol === undefined || protocol === String(PROTOCOL)) return undefined;
  return new StyxyError('PROTOCOL_MISMATCH', 'this styxy and the running daemon are too far apart', {
    why: `the daemon is version ${VERSION} (protocol ${PROTOCOL}), the command speaks protocol ${String(protocol)}`,
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, error: StyxyError): void {
  // A refused body is not read, so its connection can't be used again.
  sendJson(response, error.httpStatus, toErrorBody(error), { connection: 'close' });
  request.resume();
}
