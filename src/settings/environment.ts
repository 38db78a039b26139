import { StyxyError } from '../base/styxy-error.ts';
import { LOG_LEVELS } from '../base/log.ts';
import { HIGHEST_PORT } from '../base/port-number.ts';
import type { Layer } from './layers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Variable {
  meaning: string;
  /** Who reads it: a command when it runs, the daemon when it starts. */
  readBy: 'commands' | 'the daemon' | 'both';
  /** The setting of `config.json` that it overrules, and its value there. */
  overrules?: { setting: string; read(text: string): unknown };
}

/** Every variable that Styxy reads, once. */
export const ENVIRONMENT: Readonly<Record<string, Variable>> = {
  STYXY_HOME: { readBy: 'both', meaning: 'where everything of this user lies; `~/.styxy` when unset' },
  STYXY_HTTP_PORT: {
    readBy: 'the daemon',
    meaning: "the daemon's TCP port on 127.0.0.1, 0 for none",
    overrules: { setting: 'http_port', read: readHttpPort },
  },
  STYXY_LOG: {
    readBy: 'both',
    meaning:
      'how much the daemon writes to its log: `debug`, `info`, `warn`, `error`. With `debug`, commands also print where an error came from',
    overrules: {
      setting: 'log_level',
      read: (text) => (LOG_LEVELS.some((level) => level === text) ? text : undefined),
    },
  },
  STYXY_INSTANCE: {
    readBy: 'commands',
    meaning: 'the instance that leases belong to, where `--instance` does not name it',
  },
  STYXY: { readBy: 'commands', meaning: '`STYXY=0`: `styxy run` starts the command untouched' },
  STYXY_NAMES: {
    readBy: 'commands',
    meaning: '`0`: no host names like `web.shop.localhost` for what is started',
  },
  STYXY_NO_DAEMON: { readBy: 'commands', meaning: '`1`: never start a daemon' },
  STYXY_TRUST: {
    readBy: 'commands',
    meaning:
      '`1`: also commands that only look run a project configuration written in JavaScript or TypeScript, for CI',
  },
  STYXY_SHOW_FULL_KEY: { readBy: 'commands', meaning: '`true`: print tokens in full' },
  STYXY_SKIP_AUTH: {
    readBy: 'the daemon',
    meaning: '`true`, for tests of clients: a daemon that is started with it asks for no token',
  },
  NO_COLOR: { readBy: 'commands', meaning: 'no colours' },
  FORCE_COLOR: { readBy: 'commands', meaning: 'colours even where nobody reads' },
  CI: { readBy: 'commands', meaning: '`styxy list --watch` prints one list after the other, as in a pipe' },
};

/** What the environment says about settings, one layer for each variable. @throws StyxyError USAGE */
export function environmentLayers(env: Environment): Layer[] {
  return Object.entries(ENVIRONMENT).flatMap(([name, { overrules }]) => {
    const text = env[name];
    const value = overrules && text ? overrules.read(text) : undefined;
    if (!overrules || value === undefined) return [];
    return [{ layer: 'environment', source: name, values: { [overrules.setting]: value } }];
  });
}

function readHttpPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= HIGHEST_PORT) return Number(text);
  throw new StyxyError('USAGE', `STYXY_HTTP_PORT: "${text}" is not a port`, {
    hint: 'use 0 for the socket alone',
  });
}
