import type { ServiceState } from '../../system/service-manager/service.ts';
import { advice, failed, fine, type Check } from './check.ts';

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

/** The code for other systems is there and has never run there. */
export function checkSystem(platform: NodeJS.Platform): Check {
  if (platform === 'linux') return fine('system', platform);
  return advice(
    'system',
    `not proven on ${platform} yet: Styxy is run and tested on Linux`,
    'report what is wrong',
  );
}

/** Browsers and curl find such names without asking the system. */
export function checkNames(isFound: boolean, platform: NodeJS.Platform): Check {
  if (isFound) return fine('names', 'host names like web.shop.localhost are found by every program');
  return advice(
    'names',
    'host names like web.shop.localhost are found by browsers and curl, not by programs that ask the system',
    platform === 'linux'
      ? 'give Node, Python and the like the URL with plain localhost, or install libnss-myhostname'
      : 'give Node, Python and the like the URL with plain localhost',
  );
}

/** @param limits of the job that the daemon was started in, and could not leave */
export function checkControlGroup({ path, limits }: { path: string; limits: readonly string[] }): Check {
  if (limits.length === 0) return fine('control group', path);
  return advice(
    'control group',
    `the daemon is in ${path}, with the limits of the command that started it: ${limits.join(', ')}`,
    'styxy service install gives it a group of its own; leases are kept',
  );
}

export interface ServiceFacts extends ServiceState {
  path: string;
  /** Its file is what this installation would write. */
  isCurrent: boolean;
  startCommand: string;
}

export function checkService({
  installed,
  ours,
  isCurrent,
  active,
  pid,
  path,
  startCommand,
}: ServiceFacts): Check {
  if (!installed) return fine('service', 'not installed: the daemon starts by itself when it is needed');
  if (!ours) return fine('service', `${path} was not written by styxy`);
  if (!isCurrent) {
    return advice(
      'service',
      `${path} starts another installation, or with other variables, than this one`,
      'styxy service install writes it anew',
    );
  }
  if (active === false) return advice('service', `${path} is installed and does not run`, startCommand);
  return fine('service', `${path}${pid === undefined ? '' : ` runs as pid ${pid}`}`);
}
