import { advice, failed, fine, type Check } from './check.ts';

/** What a file or folder of the home is. */
export interface FileFacts {
  path: string;
  /** Permission bits. */
  mode: number;
  uid: number;
  kind: 'file' | 'folder' | 'socket' | 'other';
}

const others = (mode: number): number => mode & 0o077;
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/**
 * @param home undefined when it does not exist yet, or can't be seen
 * @param ownUid undefined where users have no number (Windows)
 * @param blocked why it could not be made
 */
export function checkHome(
  path: string,
  home: FileFacts | undefined,
  ownUid: number | undefined,
  blocked?: string,
): Check {
  if (!home && blocked !== undefined)
    return failed('home', `${path} can't be used: ${blocked}`, 'point STYXY_HOME to a folder you can write');
  if (!home) return fine('home', `${path} is not there yet: it is made at the first use`);
  if (home.kind !== 'folder')
    return failed('home', `${path} is not a folder`, 'move it away, or point STYXY_HOME to another folder');
  if (ownUid === undefined) return fine('home', path);
  if (home.uid !== ownUid) {
    return failed(
      'home',
      `${path} belongs to user ${home.uid}, you are ${ownUid}`,
      ownUid === 0
        ? `leave sudo out, or point STYXY_HOME to a folder of your own`
        : `sudo chown -R ${ownUid} ${path}, or point STYXY_HOME to a folder of your own`,
    );
  }
  if (others(home.mode) !== 0)
    return failed('home', `${path} is open to others (${octal(home.mode)})`, `chmod 700 ${path}`);
  return fine('home', `${path} is yours alone`);
}

/** Files that only their owner may read: the token opens the HTTP API, the socket needs no token at all. */
export function checkPermissions(files: readonly FileFacts[], ownUid: number | undefined): Check {
  if (ownUid === undefined) return fine('permissions', 'the folder of the user guards its files');
  const foreign = files.filter(({ uid }) => uid !== ownUid);
  if (foreign.length > 0) {
    const paths = foreign.map(({ path }) => path);
    const owners = [...new Set(foreign.map(({ uid }) => uid))];
    return failed(
      'permissions',
      `${paths.join(', ')} ${paths.length === 1 ? 'belongs' : 'belong'} to user ${owners.join(', ')}`,
      `sudo chown ${ownUid} ${paths.join(' ')}`,
    );
  }
  const open = files.filter(({ mode }) => others(mode) !== 0);
  if (open.length === 0)
    return fine('permissions', files.length === 0 ? 'no files yet' : 'what is in there is for you alone');
  const list = open.map(({ path, mode }) => `${path} (${octal(mode)})`).join(', ');
  const isTokenOpen = open.some(({ path }) => path.endsWith('auth.token'));
  const fix = `chmod 600 ${open.map(({ path }) => path).join(' ')}`;
  return failed(
    'permissions',
    `open to others: ${list}`,
    isTokenOpen ? `${fix}, then styxy daemon restart for a new token` : fix,
  );
}

/** @param why the system's word on why nothing can be written @param network what kind of network disk it is */
export function checkDisk(path: string, why: string | undefined, network: string | undefined): Check {
  if (why !== undefined) {
    return failed(
      'disk',
      `nothing can be written to ${path}: ${why}`,
      /ENOSPC|no space/i.test(why)
        ? 'free some disk space'
        : `make ${path} writable, or point STYXY_HOME elsewhere`,
    );
  }
  if (network !== undefined) {
    return advice(
      'disk',
      `${path} lies on a network disk (${network}): sockets and locks are not reliable there`,
      'point STYXY_HOME to a folder on a local disk',
    );
  }
  return fine('disk', 'can be written');
}
