import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { StyxyError } from '../../base/styxy-error.ts';

/** Kept free for the journal, the log, looks into /proc, and for refusing. */
const SPARE = 40;
/** Of connections, even where the limit is lower than that. */
const LEAST = 4;
/** How long a refused connection has to send its request and to read the answer. ms */
const REFUSED_MS = 1000;

/** All connections of the daemon, which must leave it files to work with. */
export interface Crowd {
  watch(server: Server): void;
  /** Why this connection is one too many; undefined when it is not. */
  refusalOf(socket: Socket): StyxyError | undefined;
}

/** @param mostFiles how many files this process may have open; undefined where the system does not tell */
export function createCrowd(mostFiles: () => number | undefined): Crowd {
  const inside = new Set<Socket>();
  const refused = new WeakMap<Socket, StyxyError>();
  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        const limit = mostFiles();
        if (limit !== undefined && inside.size >= Math.max(limit - SPARE, LEAST)) {
          refused.set(socket, tooMany(limit));
          const timer = setTimeout(() => socket.destroy(), REFUSED_MS).unref();
          socket.once('close', () => clearTimeout(timer));
          return;
        }
        inside.add(socket);
        socket.once('close', () => inside.delete(socket));
      });
    },
    refusalOf: (socket) => refused.get(socket),
  };
}

function tooMany(limit: number): StyxyError {
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon has no room for another connection', {
    why: `it may have ${limit} files open (ulimit -n)`,
    hint: 'end some of the programs that hold leases, or start it anew with a higher limit: styxy daemon restart',
  });
}
