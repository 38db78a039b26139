/** A network of our own: nobody else listens there, so that a picture never shows another program of this machine. */
import { spawnSync } from 'node:child_process';

const ALONE = ['unshare', '--user', '--map-root-user', '--net'];
const LOOPBACK_UP = ['ip', 'link', 'set', 'lo', 'up'];

/** Linux can have it, where an unprivileged user may, too. */
export function hasOwnNetwork() {
  const [file, ...args] = [...ALONE, ...LOOPBACK_UP];
  return process.platform === 'linux' && spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a script of Node there. @returns {number} its exit code */
export function runInOwnNetwork(script, args) {
  const start = `${LOOPBACK_UP.join(' ')} && exec "$@"`;
  const [file, ...words] = [...ALONE, 'sh', '-c', start, 'sh', process.execPath, script, ...args];
  return spawnSync(file, words, { stdio: 'inherit' }).status ?? 1;
}
