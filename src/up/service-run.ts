import { closeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { StyxyError } from '../base/styxy-error.ts';
import { fromErrorBody } from '../protocol/error-body.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { type BackgroundRun, startInBackground } from '../run/child/background.ts';
import { openServiceLog } from '../run/child/service-log.ts';
import { serviceLogPath, sizeOfLog } from '../system/service-log.ts';
import type { ServiceStart } from '../run/child/service-start.ts';
import { joinRunning } from '../run/leases/readiness.ts';
import { findRunning, portsOfRun } from '../run/leases/if-running.ts';
import { waitUntil, type WakeUp } from '../run/leases/wait-until.ts';
import type { Paths } from '../system/paths.ts';
import { identify } from '../system/process/identity.ts';
import { failedService, lateService } from './failures.ts';
import type { ReadyService, TellUp } from './events.ts';
import { endRun, killRun } from './end-run.ts';
import { followLog, type LogLines } from './log-lines.ts';
import { createReadiness } from './ready.ts';
import type { UpService } from './service.ts';

const LINES_KEPT = 10;

export interface UpParts {
  coordinator: Pick<Coordinator, 'list' | 'check'>;
  changes: WakeUp;
  /** How long a program may take to end. ms */
  endGraceMs: () => Promise<number>;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** What `styxy` is started with for a service. */
  wrapperArguments: (service: UpService) => string[];
  /** What is kept about its start, for `styxy restart`. @param pid of the wrapper */
  startRecord: (service: UpService, pid: number) => ServiceStart;
  tell: TellUp;
}

/** How a service has ended that had been ready. */
export type ServiceEnd = { asked: true } | { asked: false; error: StyxyError };

/** One service at work, started by us. */
export interface ServiceRun {
  readonly log: string;
  readonly pid: number;
  /** Its program was started; never when somebody else has started the service a moment before. */
  readonly begun: Promise<void>;
  /** undefined: it was another one's, which has ended meanwhile. */
  readonly ready: Promise<ReadyService | undefined>;
  readonly ended: Promise<ServiceEnd>;
  /** All services that it serves. */
  names(): string[];
  /** The service was started by somebody else a moment before. */
  isJoined(): boolean;
  /** @returns false: it had ended before */
  end(): Promise<boolean>;
  kill(): Promise<void>;
  /** It goes on when we end. */
  stay(): void;
}

/**
 * The service, if it runs already, once it listens. What has started it keeps it.
 * @returns `gone`: it ran, and has ended
 * @throws StyxyError TIMED_OUT
 */
export async function joinService(
  { coordinator, changes }: Pick<UpParts, 'coordinator' | 'changes'>,
  service: UpService,
  over: AbortSignal,
): Promise<ReadyService | 'not running' | 'gone'> {
  const { plan, name, ready, timeoutMs } = service;
  const [running] = await findRunning(coordinator, plan).catch(() => []);
  if (!running) return 'not running';
  const waits = ready.when === 'listens' || ready.when === 'answers';
  const now = await joinRunning({ coordinator, changes }, running, waits ? timeoutMs : undefined, over);
  if (now === 'gone') return now;
  if (now === 'late') {
    const missing = `nothing of it listens on port ${running.port}`;
    throw lateService(service, missing);
  }
  const ports = await portsOfRun(coordinator, now);
  return { name, allocation: now, ports, pid: now.holder.pid ?? null, existing: true, afterMs: 0 };
}

/** Starts a service that does not run. */
export function startService(parts: UpParts, service: UpService, over: AbortSignal): ServiceRun {
  const { paths, tell } = parts;
  const log = logOf(paths, service, service.name);
  const fd = openServiceLog(paths, log);
  const from = sizeOfLog(log);
  const startedAt = performance.now();
  tell({ event: 'starting', service: service.name, because: service.because });
  const wrapper = startInBackground(
    parts.wrapperArguments(service),
    { cwd: service.cwd, env: parts.env },
    fd,
  );
  closeSync(fd);
  const { pid } = wrapper;
  const identity = identify(pid);
  const readiness = createReadiness(parts.coordinator, service.ready);
  const last: string[] = [];
  const lines = followLog(log, from, (line) => {
    const plain = stripVTControlCharacters(line);
    readiness.hear(plain);
    last.push(plain);
    if (last.length > LINES_KEPT) last.shift();
    tell({ event: 'output', service: service.name, line });
  });
  const run = { parts, service, wrapper, lines, readiness, last, startedAt };
  const begun = tellStarts(run);
  return {
    log,
    pid,
    begun,
    ready: untilReady(run, over),
    ended: untilEnded(run),
    names: () => Object.keys(wrapper.state.started?.ports ?? {}),
    isJoined: () => wrapper.state.running !== undefined,
    end: () => endRun(wrapper, identity, parts.endGraceMs),
    kill: () => killRun(wrapper, identity),
    stay() {
      wrapper.stay();
      lines.close();
      wrapper.close();
    },
  };
}

export const logOf = (paths: Paths, { plan }: UpService, name: string): string =>
  serviceLogPath(paths, plan.ports[0].project_path, name);

interface Run {
  parts: UpParts;
  service: UpService;
  wrapper: BackgroundRun;
  lines: LogLines;
  readiness: ReturnType<typeof createReadiness>;
  /** The last lines that it has printed. */
  last: readonly string[];
  startedAt: number;
}

/** @returns when it has started first */
function tellStarts({ parts: { tell }, service: { name: service }, wrapper, lines }: Run): Promise<void> {
  const told = { started: {}, restarting: {} };
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const stop = wrapper.onChange(() => {
    const { started, restarting, closed } = wrapper.state;
    if (restarting && told.restarting !== restarting) {
      told.restarting = restarting;
      const { code, signal, attempt, most, pauseMs } = restarting;
      lines.read();
      tell({ event: 'restarting', service, status: { code, signal }, attempt, most, pauseMs });
    }
    if (started && told.started !== started) {
      told.started = started;
      begin();
      tell({ event: 'started', service, allocation: started.allocation, pid: wrapper.pid });
    }
    if (closed) stop();
  });
  return begun;
}

/** @throws StyxyError when it ends, or does not get ready in time; or because `over` has fired */
async function untilReady(run: Run, over: AbortSignal): Promise<ReadyService | undefined> {
  const { parts, service, wrapper, lines, startedAt } = run;
  const seen = await waitUntil(readyQuestion(run), {
    timeoutMs: Infinity,
    wakeUps: [wrapper.onChange, parts.changes],
    signal: over,
  });
  if (typeof seen === 'object') {
    const afterMs = Math.round(performance.now() - startedAt);
    const { ports = {} } = wrapper.state.started ?? {};
    return { name: service.name, allocation: seen, ports, pid: wrapper.pid, existing: false, afterMs };
  }
  lines.read(seen === 'ended' || seen === 'late');
  if (seen === 'joined') {
    const joined = await joinService(parts, service, over);
    return typeof joined === 'string' ? undefined : joined;
  }
  if (seen === undefined) throw new StyxyError('SERVICE_ENDED', `"${service.name}" was not waited for`);
  if (seen === 'late')
    throw lateService(service, run.readiness.missing(wrapper.state.started?.allocation), run.last);
  throw failedService(service, wrapper.state.ended, run.last);
}

/** What is asked until there is an answer. */
function readyQuestion({ service, wrapper, lines, readiness, startedAt }: Run) {
  let timed: object | undefined;
  let deadline = startedAt + service.timeoutMs;
  return async (): Promise<ReadyService['allocation'] | 'late' | 'joined' | 'ended' | undefined> => {
    const { failed, running, started, restarting, ended, closed } = wrapper.state;
    if (failed) throw fromErrorBody(failed.error, 500);
    if (running) return 'joined';
    if (ended || closed) return 'ended';
    lines.read();
    readiness.hear(stripVTControlCharacters(lines.begun()));
    // Each start has all of the time, and the pause before it takes nothing of it.
    const period = started ?? restarting;
    if (period && timed !== period) {
      timed = period;
      deadline = performance.now() + (restarting?.pauseMs ?? 0) + service.timeoutMs;
    }
    const ready = started && (await readiness.ask(started.allocation));
    return ready ?? (performance.now() > deadline ? 'late' : undefined);
  };
}

function untilEnded({ service, wrapper, lines, last }: Run): Promise<ServiceEnd> {
  return new Promise((resolve) => {
    const stop = wrapper.onChange(() => {
      const { closed, ended, running } = wrapper.state;
      if (!closed) return;
      stop();
      lines.read(true);
      lines.close();
      // A wrapper that was killed says nothing.
      const asked = running !== undefined || ended?.asked === true;
      resolve(asked ? { asked } : { asked, error: failedService(service, ended, last) });
    });
  });
}
