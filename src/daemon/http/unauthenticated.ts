import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections of which nobody has shown the token yet. When they are too many, the oldest is closed: a crowd of idle or
 * refused ones makes room by itself, and whoever shows the token in time is not counted among them.
 */
export interface Strangers {
  /** Somebody who may ask is behind this connection. */
  know(socket: Socket): void;
}

export function limitStrangers(server: Server, most: number): Strangers {
  const strangers = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    strangers.add(socket);
    socket.once('close', () => strangers.delete(socket));
    for (const oldest of strangers) {
      if (strangers.size <= most) break;
      strangers.delete(oldest);
      oldest.destroy();
    }
  });
  return { know: (socket) => void strangers.delete(socket) };
}
