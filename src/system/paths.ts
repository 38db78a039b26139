import { join, resolve } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { homeOfNetwork } from './home-of-network.ts';

/** Where everything of this user's Styxy lies. */
export interface Paths {
  /** What STYXY_HOME names: what holds in every network of this machine lies there. */
  root: string;
  /** What holds in this network alone; nearly always the same folder. */
  home: string;
  config: string;
  /** The preferred place of the socket; `daemon.pid` names the real one. */
  socket: string;
  state: string;
  pid: string;
  /** There while somebody starts a daemon. */
  starting: string;
  token: string;
  /** A page that leads to the dashboard, token and all. */
  dashboard: string;
  log: string;
  audit: string;
  backups: string;
  /** A folder: which configurations that are programs were run, and so may be run when they are looked at. */
  trusted: string;
}

/**
 * @param env the environment to read STYXY_HOME from
 * @throws StyxyError USAGE when it holds what a shell should have replaced
 */
export function styxyPaths(env: NodeJS.ProcessEnv = process.env): Paths {
  const root = rootNamed(env.STYXY_HOME, userHome());
  if (root === undefined) throw unexpanded(env.STYXY_HOME);
  const home = homeOfNetwork(root);
  return {
    root,
    home,
    config: join(root, 'config.json'),
    socket: socketPathFor(home),
    state: join(home, 'daemon.state'),
    pid: join(home, 'daemon.pid'),
    starting: join(home, 'daemon.starting'),
    token: join(home, 'auth.token'),
    dashboard: join(home, 'dashboard.html'),
    log: join(home, 'logs', 'daemon.log'),
    audit: join(home, 'audit.log'),
    backups: join(home, 'backups'),
    trusted: join(root, 'trusted'),
  };
}

/** The logs of services that were started with `--detach`; there once one was. */
export const serviceLogFolder = ({ home }: Pick<Paths, 'home'>): string => join(home, 'logs', 'services');

/** This network is not the one that the home's root is about. */
export const isElsewhere = ({ root, home }: Pick<Paths, 'root' | 'home'>): boolean => home !== root;

/**
 * The root that a program has which was started with these variables. From a file that no shell reads (a unit,
 * `docker --env-file`), STYXY_HOME comes as it was written there.
 * @param user the home folder of its user
 * @returns undefined when it holds what a shell should have replaced
 */
export function rootNamed(named: string | undefined, user: string): string | undefined {
  if (!named) return join(user, '.styxy');
  if (named === '~' || named.startsWith('~/')) return join(user, named.slice(1));
  return /^~|\$|^%\w+%/.test(named) ? undefined : resolve(named);
}

const unexpanded = (path = ''): StyxyError =>
  new StyxyError('USAGE', `STYXY_HOME is "${path}", which no shell has replaced`, {
    hint: 'write the whole path',
  });

/**
 * A bare uid without a home, as containers have them, can write nowhere; that is said where it matters. An empty HOME is
 * as good as none: taken at its word, everything would go into the current folder. A relative one starts there.
 */
export function userHome(): string {
  // To load `node:os` costs an agent's hook a fiftieth of its time.
  if (process.platform !== 'win32' && process.env.HOME) return resolve(process.env.HOME);
  const { homedir, userInfo } = process.getBuiltinModule('node:os');
  try {
    return homedir() || userInfo().homedir;
  } catch {
    return '/';
  }
}

/** In the home if the path is short enough; otherwise wherever the daemon finds room, which `daemon.pid` tells. */
function socketPathFor(home: string): string {
  if (process.platform !== 'win32') return join(home, 'daemon.sock');
  const { userInfo } = process.getBuiltinModule('node:os');
  return `\\\\.\\pipe\\styxy-${userInfo().username}-${home.replaceAll(/[^a-z0-9]+/gi, '-')}`;
}
