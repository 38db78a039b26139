import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { StyxyError, messageOf, systemCode } from '../../base/styxy-error.ts';
import { ensurePrivateFolder } from '../../system/files/private-folder.ts';
import type { Paths } from '../../system/paths.ts';
import { fallbackSocketPaths, fitsSocket } from '../../system/socket-paths.ts';

/** Errors of bind(2) that mean "not in this folder", not "not at all". */
const NOT_HERE: ReadonlySet<string> = new Set([
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'EACCES',
  'EROFS',
  'EINVAL',
  'ENAMETOOLONG',
]);

/**
 * Binds the daemon's socket. Only the holder of the lock may call this: it removes what a dead daemon left there.
 * @returns where the socket is
 * @throws StyxyError STATE_UNWRITABLE when no place takes a socket
 */
export async function listenOnSocket(server: Server, paths: Paths): Promise<string> {
  if (process.platform === 'win32') return listenAt(server, paths.socket);
  const fallbacks = fallbackSocketPaths(paths.home);
  const places = [...(fitsSocket(paths.socket) ? [paths.socket] : []), ...fallbacks];
  let failure: unknown;
  for (const place of new Set(places)) {
    try {
      if (dirname(place) !== paths.home) ensurePrivateFolder(dirname(place), { followLink: false });
      rmSync(place, { force: true });
      return await listenAt(server, place);
    } catch (error) {
      failure = error;
      if (!(error instanceof StyxyError) && !NOT_HERE.has(systemCode(error) ?? '')) break;
    }
  }
  throw new StyxyError('STATE_UNWRITABLE', `can't make the daemon's socket in ${paths.home}`, {
    why: messageOf(failure),
    hint: 'point STYXY_HOME to a folder on a local disk',
    cause: failure,
  });
}

/** There is no such address where IPv6 is switched off. */
const NO_ADDRESS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Both addresses of loopback or none: a program on the other one would be taken for us by every client that asks for
 * `localhost`, token and all.
 * @returns the servers, or undefined when another program has the port, or this user may not bind it
 */
export async function listenOnLoopback(open: () => Server, port: number): Promise<Server[] | undefined> {
  const servers: Server[] = [];
  for (const host of ['127.0.0.1', '::1']) {
    const server = open();
    try {
      await listening(server, () => server.listen({ port, host }));
      servers.push(server);
    } catch (error) {
      const code = systemCode(error) ?? '';
      if (host === '::1' && NO_ADDRESS.has(code)) continue;
      for (const each of servers) each.close();
      if (['EADDRINUSE', 'EACCES', 'EPERM'].includes(code) || NO_ADDRESS.has(code)) return undefined;
      throw error;
    }
  }
  return servers;
}

async function listenAt(server: Server, path: string): Promise<string> {
  await listening(server, () => server.listen(path));
  // The folder is closed to other users already; tools that check modes look at the file.
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return path;
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}
