import { rmSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { messageOf, StyxyError, systemCode } from '../base/styxy-error.ts';
import { VERSION } from '../protocol/version.ts';
import { setAsideIrregular } from '../system/files/irregular.ts';
import { draftOf } from '../system/files/replace.ts';
import { claimRoot } from '../system/claim-root.ts';
import { refuseOtherMachine } from '../system/other-machine.ts';
import { removeOldNetworks } from '../system/old-networks.ts';
import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import { isElsewhere, styxyPaths, type Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { leaveControlGroup } from '../system/process/control-group.ts';
import { bootId } from '../system/process/identity.ts';
import { tooFewFiles } from '../system/process/resource-limits.ts';
import { sleep } from '../system/sleep.ts';
import { serviceNotifier } from '../system/service-manager/notify.ts';
import { assemble, type Parts } from './assemble.ts';
import { watchConfig } from './config/watch.ts';
import { createEnding, type Ending } from './lifecycle/ending.ts';
import { openServers, type Servers } from './http/server.ts';
import { startHousekeeping } from './lifecycle/housekeeping.ts';
import { keepFewLogs } from './lifecycle/old-logs.ts';
import { createFileLogger } from './reports/log.ts';
import { becomeSoleInstance, type SoleInstance } from './lifecycle/sole-instance.ts';
import { keepTelling } from './lifecycle/service-notify.ts';

/** How long a daemon stays that nobody needs. */
const IDLE_MS = 30 * 60_000;
const IDLE_ELSEWHERE_MS = 60_000;
/** How long the first answer may wait for what ended while no daemon ran. */
const FIRST_OBSERVATION_MS = 300;

export interface RunningDaemon {
  readonly socket: string;
  readonly httpPort: number | null;
  readonly notices: readonly string[];
  /** Ends the daemon. Leases stay in its journal, and nothing that runs with a lease is touched. */
  stop(reason: string): Promise<void>;
  /** Checks now whether its socket is still there, and binds it again if not. */
  checkSocket(): void;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface DaemonOptions {
  /** A service manager started us: it hears signs of life, and being idle is no reason to end. */
  service?: boolean;
}

/**
 * Starts the daemon of this home, or says who already is it.
 * The order matters: nothing is touched before the lock is ours, and nothing is answered before the journal is read.
 * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN, USAGE
 */
export async function startDaemon(
  env: NodeJS.ProcessEnv,
  { service = false }: DaemonOptions = {},
): Promise<RunningDaemon | { heldBy: PidFile | undefined }> {
  process.umask(0o077);
  leaveCallersPriority();
  const paths = openHome(env);
  const boot = bootId();
  setAsideIrregular([paths.pid], paths.backups);
  try {
    refuseTooFewFiles();
    const lock = becomeSoleInstance(paths.pid, { version: VERSION, socket: paths.socket, bootId: boot });
    if ('heldBy' in lock) return { heldBy: lock.heldBy };
    try {
      return await startLocked({ paths, env, boot, lock }, service);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (thrown) {
    const error = asStateError(thrown, paths.home);
    logFailedStart(error, paths.log);
    throw error;
  }
}

/** `nice npm test` was not meant for a program that others wait for. Only root may take a priority back. */
function leaveCallersPriority(): void {
  try {
    if (getPriority() > 0) setPriority(0);
  } catch {
    // It works all the same, only later.
  }
}

/** The client that spawned us reads the reason from the log. */
function logFailedStart(error: unknown, path: string): void {
  const facts = error instanceof StyxyError ? { code: error.code, why: error.why, hint: error.hint } : {};
  createFileLogger(path, undefined).error('the daemon did not start', { error: messageOf(error), ...facts });
}

/** Others would be refused by it for as long as it runs. @throws StyxyError OUT_OF_RESOURCES */
function refuseTooFewFiles(): void {
  const most = tooFewFiles();
  if (most === undefined) return;
  throw new StyxyError('OUT_OF_RESOURCES', 'the daemon can not work here', {
    why: `it may have ${most} files open, by the ulimit -n of the command that started it`,
    hint: 'raise ulimit -n',
  });
}

/** The home, and who of this machine's networks it belongs to. @throws StyxyError STATE_UNWRITABLE, FORBIDDEN */
function openHome(env: NodeJS.ProcessEnv): Paths {
  const { root } = styxyPaths(env);
  ensurePrivateFolder(root, { followLink: true });
  refuseOtherMachine(root);
  try {
    claimRoot(root);
    removeOldNetworks(styxyPaths(env));
  } catch (error) {
    throw asStateError(error, root);
  }
  const paths = styxyPaths(env);
  if (paths.home !== root) ensurePrivateFolder(paths.home, { followLink: false });
  return paths;
}

interface Home {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly boot: string;
  readonly lock: SoleInstance;
}

/** The life of a daemon, step by step: each stands on those before it. */
async function startLocked(home: Home, service: boolean): Promise<RunningDaemon> {
  const ending = createEnding();
  const { config, state, log, audit, token, backups } = home.paths;
  const files = [config, state, log, audit, token].flatMap((path) => [
    path,
    draftOf(path),
    `${path}.1`,
    `${path}.2`,
  ]);
  const irregular = setAsideIrregular([...files, `${state}.tries`], backups);
  const parts = await assemble({ ...home, previous: home.lock.previous });
  for (const notice of irregular) parts.self.note(notice);
  parts.engine.resume();
  await observeOrphans(parts);
  const servers = await startServing(parts, home, ending.stop);
  const background = startBackgroundWork(parts, servers, home, { service, stop: ending.stop });
  sayHello(parts, servers);
  ending.by((reason) => closeDown(parts, servers, home, background, reason));
  return {
    socket: servers.socket,
    httpPort: servers.httpPort,
    notices: parts.self.notices(),
    stop: ending.stop,
    ended: ending.ended,
    checkSocket: background.checkSocket,
  };
}

/** From here on clients are answered. */
async function startServing(
  { engine, reports, log, self }: Parts,
  { paths, env, lock }: Home,
  stop: Ending['stop'],
): Promise<Servers> {
  const { wantedHttpPort } = self;
  const skipAuth = env.STYXY_SKIP_AUTH === 'true';
  if (skipAuth) self.note('STYXY_SKIP_AUTH is set: the TCP port asks for no token');
  const retire = (): void => void setImmediate(() => void stop('a newer version takes over'));
  const servers = await openServers({ engine, reports, paths, log, wantedHttpPort, skipAuth, retire });
  self.httpPort = servers.httpPort;
  if (wantedHttpPort !== 0 && servers.httpPort === null) {
    self.note(
      `port ${wantedHttpPort} is taken by another program: the daemon is reached by its socket alone`,
    );
  }
  if (servers.socket !== paths.socket) await lock.describe({ socket: servers.socket });
  return servers;
}

interface BackgroundWork {
  checkSocket(): void;
  close(): void;
}

/** What the daemon does without being asked. */
function startBackgroundWork(
  parts: Parts,
  servers: Servers,
  { paths, env, lock }: Home,
  { service, stop }: { service: boolean; stop: Ending['stop'] },
): BackgroundWork {
  const { config, events, log, reports, journal, engine, self } = parts;
  const housekeeping = startHousekeeping({
    log,
    stop,
    socket: servers.socket,
    clock: () => performance.now(),
    endsWhenIdle: !service,
    // A sandbox that is used once has a daemon of its own, which nobody may come back to.
    idleMs: isElsewhere(paths) ? IDLE_ELSEWHERE_MS : IDLE_MS,
    rebind: servers.rebind,
    isJournalInPlace: journal.isInPlace,
    rewriteJournal: journal.compact,
    isLockOurs: lock.isOurs,
    touchLock: lock.touch,
    reclaimHome() {
      openHome(env);
      return lock.reclaim();
    },
    isEmpty: () => engine.leases === 0,
    // Who watches uses the daemon, though it asks nothing.
    lastRequestAt: () => (reports.streams.watchers > 0 ? performance.now() : servers.lastRequestAt),
  });
  // A service manager has given it a group of its own.
  if (!service) void leaveControlGroup();
  const notifier = service ? serviceNotifier(env) : undefined;
  const watchdog = notifier && keepTelling(notifier);
  const stopLogs = keepFewLogs(paths);
  const stopWatching = watchConfig(paths.config, { config, events, log, onBlind: self.note });
  return {
    checkSocket: housekeeping.checkSocket,
    close() {
      watchdog?.close();
      housekeeping.close();
      stopLogs();
      stopWatching();
    },
  };
}

/**
 * Leases whose holder ended while no daemon ran: the first answer shows them no more. Those that left programs behind
 * are not waited for any longer, since to end them takes time.
 */
async function observeOrphans(parts: Parts): Promise<void> {
  if (!parts.config.settings().recovery.system_recovery.enabled) return;
  await Promise.race([cleanOrphans(parts), sleep(FIRST_OBSERVATION_MS)]);
}

async function cleanOrphans({ engine, self, log }: Parts): Promise<void> {
  try {
    self.recovery.orphaned = (await engine.cleanup()).released.length;
    if (self.recovery.orphaned > 0) log.info('cleaned orphaned leases', { count: self.recovery.orphaned });
  } catch (error) {
    log.error('orphaned leases could not be cleaned', { error: messageOf(error) });
  }
}

function sayHello({ log, events, self }: Parts, { socket, httpPort }: Servers): void {
  for (const notice of self.notices()) log.warn(notice);
  const facts = { http_port: httpPort, ...self.recovery };
  log.info('started', { version: VERSION, socket, ...facts });
  events.emit('daemon_started', undefined, { pid: process.pid, version: VERSION, ...facts });
}

/** Leases stay in the journal. What runs with them is not touched. */
async function closeDown(
  { log, events, reports, journal, engine }: Parts,
  servers: Servers,
  { lock }: Home,
  background: BackgroundWork,
  reason: string,
): Promise<void> {
  log.info('stopping', { reason, leases: engine.leases });
  events.emit('daemon_stopping', undefined, { pid: process.pid, reason });
  background.close();
  servers.close();
  engine.close();
  reports.close();
  await journal.close();
  // A daemon that took over meanwhile has put its own socket there.
  if (lock.isOurs()) rmSync(servers.socket, { force: true });
  lock.release();
}

/** Plain file errors, from whichever step, say that the state can't be kept. */
function asStateError(error: unknown, home: string): unknown {
  if (error instanceof StyxyError || systemCode(error) === undefined) return error;
  return new StyxyError('STATE_UNWRITABLE', `the daemon can't keep its state in ${home}`, {
    why: messageOf(error),
    details: { path: home },
    cause: error,
  });
}
