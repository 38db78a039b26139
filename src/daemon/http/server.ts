import type { Server } from 'node:http';
import type { Logger } from '../../base/log.ts';
import type { Paths } from '../../system/paths.ts';
import type { Engine } from '../engine.ts';
import type { DaemonReports } from '../reports/reports.ts';
import { openFilesLimit } from '../../system/process/resource-limits.ts';
import { createCrowd } from './crowd.ts';
import { createDispatcher } from './dispatch.ts';
import { createTokenCheck } from './guard.ts';
import { createRoutes } from './routes/table.ts';
import { createGuardedServer, type Succession } from './guarded-server.ts';
import { listenOnLoopback, listenOnSocket } from './listen.ts';
import { keepToken, writeToken } from './token.ts';

export interface ServerParts {
  engine: Engine;
  reports: DaemonReports;
  paths: Paths;
  log: Logger;
  /** 0: the socket only. */
  wantedHttpPort: number;
  /** For tests of clients: TCP asks for no token. */
  skipAuth: boolean;
  retire(): void;
}

/** The daemon's servers: on its socket, and on a TCP port of loopback if no other program has it. */
export interface Servers {
  readonly socket: string;
  readonly httpPort: number | null;
  /** By a clock that never jumps. ms */
  readonly lastRequestAt: number;
  /** Binds the socket again at its path. */
  rebind(): Promise<void>;
  close(): void;
}

export async function openServers(parts: ServerParts): Promise<Servers> {
  const { engine, paths, wantedHttpPort } = parts;
  const answer = createDispatcher(createRoutes(engine, parts.reports), parts.log);
  const succession: Succession = { isIdle: () => engine.leases === 0, retire: parts.retire };
  const now = (): number => performance.now();
  const crowd = createCrowd(openFilesLimit(now));
  let lastRequestAt = now();
  const observed = (server: Server): Server =>
    server.on('request', () => {
      lastRequestAt = now();
    });

  const token = await keepToken(paths.token);
  const openSocket = (): Server =>
    observed(createGuardedServer(answer, { kind: 'socket' }, succession, crowd));
  let socketServer = openSocket();
  const socket = await listenOnSocket(socketServer, paths);

  const isToken = parts.skipAuth ? () => true : createTokenCheck(token);
  const openTcp = (): Server =>
    observed(createGuardedServer(answer, { kind: 'tcp', port: wantedHttpPort, isToken }, succession, crowd));
  const tcp = wantedHttpPort === 0 ? undefined : await listenOnLoopback(openTcp, wantedHttpPort);

  return {
    socket,
    httpPort: tcp ? wantedHttpPort : null,
    get lastRequestAt() {
      return lastRequestAt;
    },
    async rebind() {
      // The old server goes on serving its open connections; only its path is gone.
      socketServer = openSocket();
      await listenOnSocket(socketServer, paths);
      // Whatever took the socket away may have taken this, too.
      await writeToken(paths.token, token);
    },
    close() {
      socketServer.close();
      for (const server of tcp ?? []) server.close();
    },
  };
}
