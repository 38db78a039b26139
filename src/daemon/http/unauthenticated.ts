import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections on which no valid token has been sent yet. */
export interface UnauthenticatedConnections {
  /** A request with the token came on this connection. */
  authenticated(socket: Socket): void;
}

/** Closes the oldest unauthenticated connection when there are more than `most`; the others are not counted. */
export function limitUnauthenticated(server: Server, most: number): UnauthenticatedConnections {
  const unauthenticated = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unauthenticated.add(socket);
    socket.once('close', () => unauthenticated.delete(socket));
    for (const oldest of unauthenticated) {
      if (unauthenticated.size <= most) break;
      unauthenticated.delete(oldest);
      oldest.destroy();
    }
  });
  return { authenticated: (socket) => void unauthenticated.delete(socket) };
}
