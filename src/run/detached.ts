import { closeSync, existsSync } from 'node:fs';
import type { Allocation } from '../protocol/answers/allocation.ts';
import { fromErrorBody } from '../protocol/error-body.ts';
import { LEASE_MARKER } from '../protocol/lease-marker.ts';
import type { Paths } from '../system/paths.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import { startInBackground, type BackgroundRun } from './child/background.ts';
import { serviceLogPath, sizeOfLog, tailOfLog } from '../system/service-log.ts';
import { openServiceLog } from './child/service-log.ts';
import type { Place } from './child/supervise.ts';
import { findRunning, portsOfRun } from './leases/if-running.ts';
import {
  createReadyCheck,
  isListening,
  joinRunning,
  listensBySystem,
  type Watched,
} from './leases/readiness.ts';
import { waitUntil } from './leases/wait-until.ts';
import { suggestedName } from './leases/suggest-ports.ts';
import type { RunPlan } from './plan/plan.ts';
import type { IfRunning } from './plan/wishes.ts';

/** A program that can't start says so within this time; a server that listens earlier is believed earlier. ms */
const START_MS = 1000;
const LINES_SHOWN = 10;

export interface DetachParts extends Watched<'list' | 'check' | 'suggest'> {
  plan: RunPlan;
  paths: Paths;
  /** Of the caller, and so of the wrapper in the background. */
  place: Place;
  /** How the wrapper is to be called. */
  wrapperArguments: (ifRunning: IfRunning) => string[];
  /** Wait until the service listens. */
  wait: boolean;
  /** For that. */
  timeoutMs: number;
  /** Told the port that the service has been given. */
  onStarted: (port: number) => void;
}

/** The service runs. */
export interface RunningService {
  is: 'running';
  allocation: Partial<Allocation> & { port: number; url: string };
  /** It ran before. */
  existing: boolean;
  /** Seen listening. */
  ready: boolean;
  /** The process that keeps it alive. */
  pid: number | null;
  ports: Record<string, number>;
  /** The file of its output; null: it is in the hands of the one who started it. */
  log: string | null;
}

export type DetachResult =
  | RunningService
  /** One that ran before does not listen. */
  | { is: 'not ready'; allocation: Allocation }
  /** The new one does not listen. @see lines the last it printed */
  | { is: 'late'; lines: string[] }
  /** The new one has ended. `how` is undefined when its wrapper was killed. */
  | { is: 'ended'; how: ExitStatus | undefined; lines: string[] };

/**
 * Makes sure that a service runs, in the background. Asking again starts no second one, unless the plan says so.
 * @throws StyxyError as the run in the background
 */
export async function runDetached(parts: DetachParts): Promise<DetachResult> {
  const { plan, coordinator } = parts;
  const { ifRunning = 'reuse' } = plan;
  const deadline = performance.now() + parts.timeoutMs;
  const log = serviceLogPath(parts.paths, plan.ports[0].project_path, await nameOf(parts));
  for (;;) {
    const known = await findRunning(coordinator, plan).catch(() => []);
    // Asked for from inside that very service, it is another one that is wanted.
    const isOurs = known.some(({ lock_id: id }) => id === parts.place.env[LEASE_MARKER]);
    const [running] = ifRunning === 'reuse' && !isOurs ? known : [];
    const result = running
      ? await join(parts, running, log, deadline)
      : await startAnew(parts, isOurs ? 'new' : ifRunning, log, deadline);
    // Otherwise the one that was joined has ended meanwhile.
    if (result) return result;
  }
}

/** Another service of the worktree may have the plan's name. */
async function nameOf({ plan, coordinator }: DetachParts): Promise<string> {
  return suggestedName(coordinator, plan.ports[0]).catch(() => plan.serviceName);
}

/** Reports a service that runs already. @returns undefined when it has ended meanwhile */
async function join(
  parts: DetachParts,
  running: Allocation,
  log: string,
  deadline: number,
): Promise<DetachResult | undefined> {
  const ports = await portsOfRun(parts.coordinator, running);
  const now = await joinRunning(parts, running, parts.wait ? deadline - performance.now() : undefined);
  if (now === 'gone') return undefined;
  if (now === 'late') return { is: 'not ready', allocation: running };
  return {
    is: 'running',
    allocation: now,
    existing: true,
    ready: parts.wait || isListening(now),
    pid: running.holder.pid ?? null,
    ports,
    log: existsSync(log) ? log : null,
  };
}

async function startAnew(
  parts: DetachParts,
  ifRunning: IfRunning,
  log: string,
  deadline: number,
): Promise<DetachResult | undefined> {
  const fd = openServiceLog(parts.paths, log);
  const before = sizeOfLog(log);
  const wrapper = startInBackground(parts.wrapperArguments(ifRunning), parts.place, fd);
  closeSync(fd);
  try {
    const seen = await watchStart(parts, wrapper, deadline);
    if (seen === 'joined') return await join(parts, wrapper.state.running!.allocation, log, deadline);
    if (typeof seen === 'object') return { ...seen, log };
    const lines = tailOfLog(log, LINES_SHOWN, before);
    return seen === 'late' ? { is: 'late', lines } : { is: 'ended', how: wrapper.state.ended, lines };
  } finally {
    wrapper.close();
  }
}

type Seen = Omit<RunningService, 'log'> | 'joined' | 'ended';

/**
 * Follows what the wrapper tells until the service listens, has ended, or has run for long enough. `joined`: the wrapper
 * has found that somebody else runs the service.
 */
async function watchStart(
  parts: DetachParts,
  wrapper: BackgroundRun,
  deadline: number,
): Promise<Seen | 'late'> {
  let startedAt: number | undefined;
  const isReady = createReadyCheck();
  const ask = async (): Promise<Seen | undefined> => {
    const { failed, running, started, ended, closed } = wrapper.state;
    if (failed) throw fromErrorBody(failed.error, 500);
    if (running) return 'joined';
    if (!started) return ended || closed ? 'ended' : undefined;
    const { allocation, ports } = started;
    parts.onStarted(allocation.port);
    const seen = await observe(parts, allocation, isReady);
    const found = (ready: boolean): Seen => ({
      is: 'running',
      allocation: seen.allocation ?? allocation,
      existing: false,
      ready,
      pid: wrapper.pid,
      ports,
    });
    if (seen.listens) return found(true);
    // A command that has left its server running and returned has started it all the same.
    if (ended || closed) return seen.isLeft && ended?.code === 0 && !parts.wait ? found(false) : 'ended';
    startedAt ??= performance.now();
    return !parts.wait && performance.now() - startedAt > START_MS ? found(false) : undefined;
  };
  const timeoutMs = parts.wait ? deadline - performance.now() : Infinity;
  return (await waitUntil(ask, { timeoutMs, wakeUps: [wrapper.onChange, parts.changes] })) ?? 'late';
}

interface Observed {
  listens: boolean;
  allocation?: Allocation;
  /** The lease is held by what the wrapper has left behind. */
  isLeft?: boolean;
}

async function observe(
  { coordinator }: DetachParts,
  { port, lock_id: id }: RunningService['allocation'],
  isReady: (seen: Allocation) => boolean,
): Promise<Observed> {
  if (id === undefined) return { listens: await listensBySystem(port) };
  const { allocation } = await coordinator.check(port).catch(() => ({ allocation: null }));
  if (allocation?.lock_id !== id) return { listens: false };
  return { allocation, listens: isReady(allocation), isLeft: allocation.holder.kind === 'process' };
}
