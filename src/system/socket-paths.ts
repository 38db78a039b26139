import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPrivateFolder } from './files/private-folder.ts';

/** sun_path holds 104 bytes on macOS and 108 on Linux, ending zero included; Node 20 cuts longer ones silently. */
const LONGEST_SOCKET_PATH = 103;

export function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

/**
 * Places for the socket, best first, when the home's path is too long or its file system knows no sockets. Each is a
 * file in a folder of its own, which the daemon makes with mode 0700 and refuses if it isn't ours.
 */
export function fallbackSocketPaths(home: string, env: NodeJS.ProcessEnv = process.env): string[] {
  const name = `${createHash('sha256').update(home).digest('hex').slice(0, 16)}.sock`;
  const ours = `styxy-${process.getuid?.() ?? 0}`;
  const folders = [join('/tmp', ours), join(tmpdir(), ours)];
  // By its specification it is closed to others; one that is not was set by mistake, or to catch us.
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime && isPrivateFolder(runtime)) folders.unshift(join(runtime, 'styxy'));
  return folders.map((folder) => join(folder, name)).filter(fitsSocket);
}
