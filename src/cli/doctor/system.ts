import { failed, fine, type Check } from './check.ts';

/** As in package.json. */
const OLDEST_NODE = [20, 19] as const;

/** @param missing what of them is not there or does not work, each with what is blind without it */
export function checkTools(
  tools: readonly string[],
  missing: readonly string[],
  platform: NodeJS.Platform,
): Check {
  if (missing.length === 0) return fine('tools', `${tools.join(', ')} can be used`);
  return failed(
    'tools',
    `without ${missing.join(', ')} the daemon does not see who listens`,
    platform === 'linux' ? 'mount /proc, readable for this user' : `put ${missing.join(', ')} on PATH`,
  );
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld
    ? failed('node', `node ${version} is too old`, `use node ${OLDEST_NODE.join('.')} or newer`)
    : fine('node', version);
}
