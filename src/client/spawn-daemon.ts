import { closeSync, fstatSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ERRORS } from '../base/error-codes.ts';
import { messageOf } from '../base/styxy-error.ts';
import type { RegisterBody } from '../protocol/requests/instance.ts';
import { endIfHung } from './hung-start.ts';
import { DAEMON_WORDS } from './daemon-words.ts';
import { cantWrite } from '../system/files/cant-write.ts';
import { setAsideIrregular } from '../system/files/irregular.ts';
import { makeFolder } from '../system/files/make-folder.ts';
import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import { readTextOrNothing } from '../system/files/read-text.ts';
import { withoutCallersLimits } from '../system/process/resource-limits.ts';
import { packageRoot } from '../system/package-root.ts';
import type { Paths } from '../system/paths.ts';

/** What the daemon may inherit. Anything else (agent sessions, CI job ids, NODE_OPTIONS) belongs to the caller alone. */
const INHERITED =
  /^(HOME|USER|LOGNAME|PATH|LANG|LC_\w+|TMPDIR|TEMP|TMP|TZ|XDG_\w+|SystemRoot|USERPROFILE|LOCALAPPDATA|APPDATA|DOCKER_HOST)$/i;
const INHERITED_STYXY: readonly string[] = ['STYXY_HOME', 'STYXY_HTTP_PORT', 'STYXY_LOG'];
/** Only for a daemon that was asked for: one that starts by the way must not stay open to all because of one command. */
const WHEN_ASKED_FOR = 'STYXY_SKIP_AUTH';

export interface Spawned {
  readonly pid: number | undefined;
  /** Its exit code once it has ended; null when a signal ended it. */
  readonly exit: { code: number | null; why?: string } | undefined;
  /** Ends it if it does not get on; only before it has the lock. */
  endIfHung(): Promise<void>;
  /** Where its log ended before, in bytes. */
  readonly logStart: number;
}

/**
 * Starts a daemon of its own session: it survives the caller's terminal and process group, writes to its log only, and
 * keeps none of the caller's files open. Several callers may do this at once; one daemon wins, the others end.
 * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN when the home can't be used
 */
export function spawnDaemon(paths: Paths, env: NodeJS.ProcessEnv, isAskedFor: boolean): Promise<Spawned> {
  return spawnOurselves(DAEMON_WORDS, paths, env, { names: isAskedFor ? [WHEN_ASKED_FOR] : [] });
}

/**
 * Starts a process that replaces the daemon if it stays silent: the caller need not wait for that.
 * Errors as for `spawnDaemon`.
 */
export function spawnReplaceSilent(paths: Paths, env: NodeJS.ProcessEnv): Promise<Spawned> {
  return spawnOurselves(['daemon', 'restart', '--if-silent'], paths, env);
}

/** Starts a process that registers an instance, and the daemon for it: the caller need not wait for that. Errors as above. */
export function spawnRegistration(
  { instance_id: id, working_directory: dir, process_id: pid, metadata }: RegisterBody,
  paths: Paths,
  env: NodeJS.ProcessEnv,
): Promise<Spawned> {
  const options = { dir, pid, agent: metadata?.agent };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return spawnOurselves(['instances', 'register', ...words, '--', id], paths, env, { output: 'ignore' });
}

const HUNG = 'it hung before it could say why: most likely no more threads may be started (ulimit -u)';

/** @param output where all that it prints goes @param names further variables that it gets */
async function spawnOurselves(
  words: readonly string[],
  paths: Paths,
  env: NodeJS.ProcessEnv,
  { output = 'log', names = [] }: { output?: 'log' | 'ignore'; names?: readonly string[] } = {},
): Promise<Spawned> {
  const { spawn } = await import('node:child_process');
  for (const folder of new Set([paths.root, paths.home])) ensurePrivateFolder(folder, { followLink: true });
  // The daemon itself looks after the others, but must be able to see that there is no other.
  setAsideIrregular([paths.pid], paths.backups);
  const log = openLog(paths);
  try {
    const logStart = fstatSync(log).size;
    const inherited = [...INHERITED_STYXY, ...names];
    const program = [process.execPath, join(packageRoot(), 'bin', 'styxy.js'), ...words];
    const {
      words: [file = '', ...args],
      env: more,
    } = withoutCallersLimits(program);
    const child = spawn(file, args, {
      detached: true,
      windowsHide: true,
      cwd: '/',
      stdio: ['ignore', ...(output === 'log' ? [log, log] : (['ignore', 'ignore'] as const))],
      env: {
        ...Object.fromEntries(
          Object.entries(env).filter(([name]) => INHERITED.test(name) || inherited.includes(name)),
        ),
        ...more,
        // Where the daemon starts, a relative path would mean another folder.
        ...(env.HOME && { HOME: resolve(env.HOME) }),
        STYXY_HOME: paths.root,
      },
    });
    const state = {
      exit: undefined as Spawned['exit'],
      logStart,
      pid: child.pid,
      async endIfHung() {
        if (await endIfHung(child)) state.exit = { code: null, why: HUNG };
      },
    };
    child.once('error', (error) => {
      state.exit = { code: ERRORS.DAEMON_UNREACHABLE.exit, why: messageOf(error) };
    });
    child.once('exit', (code) => (state.exit ??= { code }));
    child.unref();
    return state;
  } finally {
    closeSync(log);
  }
}

function openLog({ log, backups }: Paths): number {
  try {
    makeFolder(dirname(log));
    setAsideIrregular([log], backups);
    return openSync(log, 'a', 0o600);
  } catch (error) {
    throw cantWrite(log, error);
  }
}

/** The last lines of the daemon's log, to show why it did not start. */
export function lastLogLines({ log }: Paths, count = 3): string[] {
  return (readTextOrNothing(log) ?? '').split('\n').filter(Boolean).slice(-count);
}
