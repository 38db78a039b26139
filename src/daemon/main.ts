import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Logger } from '../base/log.ts';
import { messageOf, StyxyError, systemCode } from '../base/styxy-error.ts';
import type { RecoveryReport } from '../protocol/recovery.ts';
import { PROTOCOL, VERSION } from '../protocol/version.ts';
import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import { styxyPaths, type Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { readEphemeralPorts } from '../system/ports/ephemeral.ts';
import { bootId, identify, isAlive } from '../system/process/identity.ts';
import { endProcesses } from '../system/process/kill-tree.ts';
import { serviceNotifier } from '../system/service-manager/notify.ts';
import { isDescendant } from '../system/process/tree.ts';
import { openConfigStore } from './config-store.ts';
import { watchConfig } from './config-watch.ts';
import { createConfigWriter } from './config-writer.ts';
import { createEngine, type Engine, type EngineParts } from './engine.ts';
import { createEventBus } from './event-bus.ts';
import { openFront } from './front.ts';
import { keepHouse } from './housekeeping.ts';
import { openJournal } from './journal.ts';
import { createMachine } from './machine-facts.ts';
import { createObserver } from './observe.ts';
import { createProcessFinder } from './orphans.ts';
import { createProvisioner } from './provision.ts';
import { recover } from './recovery.ts';
import { createFileLogger } from './reporters/log.ts';
import { createReports } from './reports.ts';
import { keepTelling } from './watchdog.ts';
import { becomeSoleInstance, type SoleInstance } from './sole-instance.ts';
import { createState, recordsOf } from './state.ts';

export interface RunningDaemon {
  readonly socket: string;
  readonly httpPort: number | null;
  readonly notices: readonly string[];
  /** Ends the daemon. Leases stay in its journal, and nothing that runs with a lease is touched. */
  stop(reason: string): Promise<void>;
  /** Looks now whether its socket is still there, and binds it again if not. */
  checkSocket(): void;
  /** Resolves when it has ended, whoever asked for it. */
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
  const paths = styxyPaths(env);
  ensurePrivateFolder(paths.home, { followLink: true });
  const boot = bootId();
  try {
    const lock = becomeSoleInstance(paths.pid, { version: VERSION, socket: paths.socket, bootId: boot });
    if ('heldBy' in lock) return { heldBy: lock.heldBy };
    try {
      return await startLocked(paths, env, boot, lock, service);
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

/** Whoever started us in the background reads there why we ended. */
function logFailedStart(error: unknown, path: string): void {
  const facts = error instanceof StyxyError ? { code: error.code, why: error.why, hint: error.hint } : {};
  createFileLogger(path, undefined).error('the daemon did not start', { error: messageOf(error), ...facts });
}

async function startLocked(
  paths: Paths,
  env: NodeJS.ProcessEnv,
  boot: string,
  lock: SoleInstance,
  service: boolean,
): Promise<RunningDaemon> {
  const config = openConfigStore(paths.config, env);
  const { http_port: wantedHttpPort, log_level: logLevel } = config.settings();
  const log = createFileLogger(paths.log, logLevel);
  const events = createEventBus(Date.now);
  const reports = createReports({ events, paths, catalog: config.catalog, clock: Date.now, log });
  const rules = config.settings().recovery.system_recovery;
  const recovered = recover(paths, boot, rules);
  const report: RecoveryReport = { ...recovered.report, killed_before: endedSilently(lock.previous) };
  const sources = createState(
    config.catalog,
    wantedHttpPort,
    recovered,
    () => config.settings().recovery.port_conflict.backoff_multiplier,
  );
  const journal = await openJournal(paths.state, boot, () => recordsOf(sources));
  const notices = [...recovered.notices];

  const startedAt = Date.now();
  let httpPort: number | null = null;
  const facts = machine(sources, env);
  facts.observer.onLook(reports.sawMachine);
  const engine = createEngine({
    sources,
    journal,
    log,
    clock: Date.now,
    newId: randomUUID,
    provisioner: createProvisioner({
      sources,
      log,
      config,
      configFile: paths.config,
      writer: createConfigWriter(paths, config),
      events,
      ephemeralPorts: async () => (await readEphemeralPorts()).range,
    }),
    ...facts,
    settings: config.settings,
    config: config.describe,
    events,
    status() {
      const { rss, heapUsed } = process.memoryUsage();
      return {
        running: true,
        pid: process.pid,
        version: VERSION,
        protocol: PROTOCOL,
        http_port: httpPort,
        http_port_wanted: wantedHttpPort,
        notices: [...config.notices(), ...notices],
        system_recovery: report,
        uptime_ms: Date.now() - startedAt,
        memory: { rss, heap_used: heapUsed },
      };
    },
  });

  let ending: Promise<void> | undefined;
  const { promise: ended, resolve: endedNow } = deferred();
  const stop = (reason: string): Promise<void> => (ending ??= end(reason));

  const skipAuth = env.STYXY_SKIP_AUTH === 'true';
  if (skipAuth) notices.push('STYXY_SKIP_AUTH is set: the TCP port asks for no token');
  const retire = (): void => void setImmediate(() => void stop('a newer version takes over'));
  const front = await openFront({ engine, reports, paths, log, wantedHttpPort, skipAuth, retire });
  httpPort = front.httpPort;
  if (wantedHttpPort !== 0 && httpPort === null) {
    notices.push(
      `port ${wantedHttpPort} is taken by another program: the daemon is reached by its socket alone`,
    );
  }
  if (front.socket !== paths.socket) lock.describe({ socket: front.socket });
  const house = keepHouse({
    log,
    stop,
    socket: front.socket,
    clock: Date.now,
    endsWhenIdle: !service,
    rebind: front.rebind,
    isJournalInPlace: journal.isInPlace,
    rewriteJournal: journal.compact,
    isLockOurs: lock.isOurs,
    isEmpty: () => engine.leases === 0,
    // Who watches uses the daemon, though it asks nothing.
    lastRequestAt: () => (reports.streams.watchers > 0 ? Date.now() : front.lastRequestAt),
  });
  engine.resume();
  const notifier = service ? serviceNotifier(env) : undefined;
  const watchdog = notifier && keepTelling(notifier);
  if (rules.enabled) void cleanOrphans(engine, report, log);
  const stopWatching = watchConfig(paths.config, {
    config,
    events,
    log,
    onBlind: (notice) => void notices.push(notice),
  });
  for (const notice of [...config.notices(), ...notices]) log.warn(notice);
  log.info('started', { version: VERSION, socket: front.socket, http_port: httpPort, ...report });
  events.emit('daemon_started', undefined, {
    pid: process.pid,
    version: VERSION,
    http_port: httpPort,
    ...report,
  });

  async function end(reason: string): Promise<void> {
    log.info('stopping', { reason, leases: engine.leases });
    events.emit('daemon_stopping', undefined, { pid: process.pid, reason });
    watchdog?.close();
    house.close();
    stopWatching();
    front.close();
    engine.close();
    reports.close();
    await journal.close();
    // A daemon that took over meanwhile has put its own socket there.
    if (lock.isOurs()) rmSync(front.socket, { force: true });
    lock.release();
    endedNow();
  }

  return {
    socket: front.socket,
    httpPort,
    notices: [...config.notices(), ...notices],
    stop,
    ended,
    checkSocket: house.checkSocket,
  };
}

/** Leases whose holder ended while no daemon ran. Not waited for: looking for what they left behind takes time. */
async function cleanOrphans(engine: Engine, report: RecoveryReport, log: Logger): Promise<void> {
  try {
    report.orphaned = (await engine.cleanup()).released.length;
    if (report.orphaned > 0) log.info('cleaned orphaned leases', { count: report.orphaned });
  } catch (error) {
    log.error('orphaned leases could not be cleaned', { error: messageOf(error) });
  }
}

function endedSilently(previous: PidFile | undefined): RecoveryReport['killed_before'] {
  if (!previous) return null;
  const { pid, version, started_at } = previous;
  return { pid, version, started_at };
}

/** The facts and effects of this machine that the engine needs. */
function machine(
  { leases, reserved }: EngineParts['sources'],
  env: NodeJS.ProcessEnv,
): Pick<EngineParts, 'isPortFree' | 'observer' | 'processes'> {
  const seen = createMachine(env);
  return {
    isPortFree: seen.isPortFree,
    observer: createObserver(seen, leases, Date.now, reserved),
    processes: {
      identify,
      isAlive,
      isDescendant,
      processesOf: createProcessFinder(),
      endProcesses: (list, graceMs) => endProcesses(list, { graceMs }),
    },
  };
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

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
