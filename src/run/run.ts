import type { Connection } from '../client/connection.ts';
import type { Move, MoveEvent } from '../client/held-lease.ts';
import type { StyxyError } from '../base/styxy-error.ts';
import type { TellWait } from '../base/tell-wait.ts';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { AllocateAnswer } from '../protocol/answers/lease.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import type { ProcessIdentity } from '../system/process/identity.ts';
import { sleep } from '../system/sleep.ts';
import { childVariables, variablesOfEach } from './child/child-env.ts';
import type { Restart, Restarts } from './child/restarts.ts';
import type { Outcome, Supervised } from './child/supervise.ts';
import type { WaitReporter } from './wait.ts';
import type { ConflictPolicy } from './leases/settings.ts';
import {
  type EndReporter,
  followEndings,
  isOthers,
  lockIdsOf,
  obtainPorts,
  type RunLease,
  type RunPorts,
} from './leases/obtain.ts';
import type { WakeUp } from './leases/wait-until.ts';
import { planAt, type RunPlan } from './plan/plan.ts';
import type { PortRequest } from './plan/requests.ts';

/** A server that fails for its port does so at its start. */
const CONFLICT_WINDOW_MS = 10_000;
/** How a run ends whose command did not listen in time, whatever the command said to being ended. */
const LATE: ExitStatus = { code: 1, signal: null };

/** What a run has to say; nothing of it goes to the child's streams unless there is something to tell. */
export interface RunReporter extends WaitReporter, EndReporter {
  /** Before anything is started. */
  waitingFor: TellWait;
  started(lease: RunLease, plan: RunPlan): void;
  unreserved(port: number, reason: StyxyError): void;
  restarting(port: number, nextPort: number): void;
  /** The command has failed, and is started again after a pause. */
  startingAgain(plan: RunPlan, status: ExitStatus, restart: Restart): void;
  /** The command failed at its start, and the same service runs in this worktree. */
  runsAlready(other: Allocation): void;
  /** The command has ended, and what it has started takes its time. */
  slow(left: readonly ProcessIdentity[]): void;
  /**
   * The command listens: on its port, or on others.
   * @param plan with the name that the service goes by now
   */
  moved(event: MoveEvent, plan: RunPlan, about: MovedServer): void;
  /** The daemon was asked to start the command again, on another port perhaps. */
  orderedAgain(move: Move | undefined): void;
  /**
   * A run inside the command serves with a lease of its own.
   * @param givenBack the port that the command was started with, when that is nobody's any more
   */
  innerServes(inner: Allocation, givenBack: number | undefined): void;
}

export interface MovedServer {
  /** The one of the plan's ports that is its own, from 0. */
  server: number;
  /** It was told to be on another port. */
  wasElsewhere: boolean;
  /** Its address by its own host name; undefined: it has none. */
  nameUrl: string | undefined;
}

export interface RunParts {
  plan: RunPlan;
  connection: Connection;
  coordinator: Coordinator;
  changes: WakeUp;
  /** The command is ended if it does not listen within this time. */
  waitMs?: number | undefined;
  /** What to do when an outsider took the command's port; asked only then. */
  conflictPolicy: () => Promise<ConflictPolicy>;
  /** How long the command may take to end; asked only when it is to. ms */
  graceMs: () => Promise<number>;
  report: RunReporter;
  /**
   * The service runs already and is to be shared, or somebody else holds the only one there may be.
   * @returns how that ends this run; undefined: it has ended by now, so ask for a port again
   */
  onRunning: (allocation: AllocateAnswer) => Promise<ExitStatus | undefined>;
  /** Told of each start. */
  onStart?: ((lease: RunPorts) => void) | undefined;
  /** Told how the last of the commands has ended. */
  onEnd?: ((outcome: Pick<Outcome, 'askedToEnd'>) => Promise<void>) | undefined;
  /** Whether a command that has ended is started once more. */
  restarts?: Restarts | undefined;
}

interface RunOutcome extends Outcome, Orders {
  /** The command's own tree was seen on its port, or another run inside of it serves. */
  isServed: boolean;
}

/** Runs the command inside a lease. @returns how it ended @throws StyxyError before anything was started */
export async function run(given: RunParts): Promise<ExitStatus> {
  const { report } = given;
  let parts = { ...given, plan: await settleRunning(given) };
  // The part of Node that starts programs takes as long to load as the coordinator to answer.
  const [first] = await Promise.all([obtainOwn(parts), import('./child/supervise.ts')]);
  if ('code' in first) return first;
  let lease = first;
  for (let conflicts = 0; ;) {
    const outcome = await runOnce(parts, lease);
    if (outcome.isToRestart) {
      report.orderedAgain(outcome.move);
      const before = parts;
      const { move } = outcome;
      if (move) parts = { ...parts, plan: planAt(parts.plan, move.server, move.preferred_port) };
      if (move) await lease.release();
      const again = await obtainOwn(parts, lease).catch(() => obtainOwn((parts = before), lease));
      if ('code' in again) return again;
      lease = again;
      continue;
    }
    // Whatever fails here (an `npm ci` may have removed our own files), the command has ended as it has.
    const next = await afterConflict(parts, lease, outcome, conflicts).catch(() => undefined);
    if (next) {
      conflicts++;
      for (const port of next.taken) report.restarting(port, portInstead(port, lease, next.lease));
      lease = next.lease;
      continue;
    }
    await tellOther(parts, lease, outcome).catch(() => undefined);
    await lease.leave();
    const again = await afterFailure(parts, outcome);
    if ('status' in again) {
      await parts.onEnd?.(again);
      return again.status;
    }
    lease = again.lease;
    conflicts = 0;
  }
}

/** @param before what is still held of it is kept @returns how the run ends where the service is another run's */
async function obtainOwn(parts: RunParts, before?: RunLease): Promise<RunLease | ExitStatus> {
  for (;;) {
    const lease = await obtain(parts, {}, before);
    if (!isOthers(lease)) return lease;
    // Before anything is done about the one that runs: it must not end up as ours.
    await lease.release();
    const status = await parts.onRunning(lease.allocation);
    if (status) return status;
  }
}

/**
 * A lease to start a command with once more that failed by itself, after the pause that is due: the service is found by
 * it in the meantime, and ended. Else how the run ends.
 */
async function afterFailure(
  parts: RunParts,
  outcome: Pick<Outcome, 'status' | 'askedToEnd' | 'ranForMs'>,
): Promise<{ lease: RunLease } | Pick<Outcome, 'status' | 'askedToEnd'>> {
  const restart = parts.restarts?.(outcome);
  if (!restart) return outcome;
  const lease = await obtain(parts).catch(() => undefined);
  if (!lease || isOthers(lease)) {
    await lease?.release();
    return outcome;
  }
  parts.report.startingAgain(parts.plan, outcome.status, restart);
  const { pauseUnlessAsked } = await import('./child/signals.ts');
  const atOnce = new AbortController();
  const pause = pauseUnlessAsked(restart.pauseMs, atOnce.signal);
  lease.onOrder((order) => (order === 'stop' ? stopOurselves() : atOnce.abort()));
  const signal = await pause;
  if (signal === undefined) return { lease };
  await lease.release();
  return { status: { code: null, signal }, askedToEnd: true };
}

/** Does and says what is due because of `--if-running`. */
async function settleRunning({ plan, coordinator, changes, report }: RunParts): Promise<RunPlan> {
  if (plan.ifRunning === undefined || plan.ifRunning === 'new') return plan;
  const { prepareIfRunning } = await import('./leases/if-running.ts');
  return prepareIfRunning(plan, plan.ifRunning, { coordinator, changes }, report.waitingFor);
}

/** @throws StyxyError PORT_TAKEN, where a program can have no other port */
async function obtain(
  { connection, plan }: RunParts,
  fields: Partial<PortRequest> = {},
  before?: RunLease,
): Promise<RunLease> {
  const [own, ...more] = plan.ports;
  const lease = await obtainPorts(connection, [{ ...own, ...fields }, ...more], before?.held);
  const isKnown = plan.fixed.some((each) => each !== undefined) && !isOthers(lease);
  const taken = isKnown && (await import('./leases/fixed-ports.ts')).fixedPortTaken(plan, lease);
  if (!taken) return lease;
  await lease.release();
  throw taken;
}

/** Some tools (Vite 8.4) refuse to run twice in one folder, on whatever port. */
async function tellOther(
  { coordinator, report }: RunParts,
  { allocation }: RunLease,
  outcome: RunOutcome,
): Promise<void> {
  if (!hasFailedEarly(outcome) || allocation.inside) return;
  const { sameBeside } = await import('./leases/same-beside.ts');
  const other = await sameBeside(allocation, coordinator);
  if (other) report.runsAlready(other);
}

const hasFailedEarly = ({ status, askedToEnd, ranForMs, isServed }: RunOutcome): boolean =>
  !askedToEnd && !isServed && status.code !== 0 && status.code !== null && ranForMs <= CONFLICT_WINDOW_MS;

/**
 * A lease to start the command with once more, if it failed because outsiders took its ports (which?) before it could
 * bind them; undefined when its own end stands.
 */
async function afterConflict(
  parts: RunParts,
  lease: RunLease,
  outcome: RunOutcome,
  attempt: number,
): Promise<{ lease: RunLease; taken: readonly number[] } | undefined> {
  if (parts.plan.ports[0].port !== undefined || !hasFailedEarly(outcome)) return undefined;
  // The port is the outer run's, and so is the second try.
  if (lease.allocation.inside) return undefined;
  const { portsTakenByOutsiders } = await import('./leases/taken-ports.ts');
  const taken = await portsTakenByOutsiders(lease, outcome, parts.coordinator);
  const next = taken.length > 0 ? await another(parts, lease, taken, attempt) : undefined;
  return next && { lease: next, taken };
}

/** Other ports than those, after the pause that is due; undefined when there are none or it was tried often enough. */
async function another(
  parts: RunParts,
  lease: RunLease,
  taken: readonly number[],
  attempt: number,
): Promise<RunLease | undefined> {
  const { retries, pauseMs } = await parts.conflictPolicy();
  if (attempt >= retries) return undefined;
  await sleep(pauseMs(attempt));
  // First, so that those of several ports that are still free are had again.
  await lease.release();
  const avoid = [...(parts.plan.ports[0].avoid ?? []), ...taken];
  const fields = { avoid, conflicts: [...taken], if_running: undefined };
  const next = await obtain(parts, fields).catch(() => undefined);
  if (!next || !isOthers(next)) return next;
  await next.release();
  return undefined;
}

function portInstead(port: number, old: RunLease, next: RunLease): number {
  const index = old.ports.findIndex((each) => each.port === port);
  return (next.ports[index] ?? next.ports[0]).port;
}

async function runOnce(parts: RunParts, lease: RunLease): Promise<RunOutcome> {
  const { plan, report } = parts;
  const launch = plan.launch(lease.ports, variablesOfEach(lease));
  if (lease.unreserved) report.unreserved(lease.allocation.port, lease.unreserved);
  else report.started(lease, plan);
  const seen = followLease(parts, lease);
  const endings = followEndings(lease, report);
  const copies = launch.files.length > 0 ? await import('./plan/scripts/copies.ts') : undefined;
  try {
    // A variable that the tool reads may be one of a service of this run, or of the project: theirs it stays.
    const env = { ...plan.env, ...launch.variables, ...childVariables(plan, lease, launch.variables) };
    copies?.writeCopies(launch.files);
    const { supervise } = await import('./child/supervise.ts');
    const place = {
      cwd: plan.cwd,
      env,
      lockIds: lockIdsOf(lease),
      graceMs: parts.graceMs,
      // Servers that live on behind a runner that has failed, or whose other program was ended, are nobody's.
      endsOrphans: ({ code }: ExitStatus) => code !== 0 || endings.isOfOne(),
      onOrphans: (status: ExitStatus) => report.orphans(endings.others(), status),
      onSlow: report.slow,
    };
    const child = await supervise(launch.command, place);
    lease.attach(child.pid);
    const orders = followOrders(parts, lease, child);
    parts.onStart?.(lease);
    const late = parts.waitMs === undefined ? false : endIfLate(parts, child, lease, parts.waitMs, seen);
    const ended = await child.outcome;
    // It is about to be started again, or the run to end.
    lease.onOrder((order) => void (order === 'stop' && stopOurselves()));
    const outcome = {
      ...ended,
      askedToEnd: ended.askedToEnd || endings.isOfOne(),
      isServed: seen.isServed || seen.inner !== undefined,
      move: orders.move,
      // Who asks us to end while the command ends for a restart means all of it.
      isToRestart: orders.isToRestart && !ended.endedBySignal,
    };
    return (await late) ? { ...outcome, status: LATE } : outcome;
  } catch (error) {
    await lease.release();
    throw error;
  } finally {
    copies?.removeCopies();
  }
}

type ServerMove = Move & { server: number };

interface Orders {
  /** It was ended to be started again. */
  isToRestart: boolean;
  /** On another port. */
  move: ServerMove | undefined;
}

/** Ends the command when the daemon says so. @returns what is known when the command has ended */
function followOrders({ report }: RunParts, lease: RunLease, child: Supervised): Orders {
  const orders: Orders = { isToRestart: false, move: undefined };
  let isToStop = false;
  lease.onOrder((order, move) => {
    if (order === 'stop' && !isToStop) report.ending('an order by HTTP, of the dashboard for instance');
    isToStop ||= order === 'stop';
    orders.isToRestart = !isToStop;
    orders.move = move ?? orders.move;
    // What fails is tried again when the command has ended, and told then.
    child.end().catch(() => undefined);
  });
  return orders;
}

/** While no command runs, an order ends this process as a signal does. */
function stopOurselves(): void {
  process.kill(process.pid, 'SIGTERM');
}

/** What becomes of the lease while the command runs. */
interface SeenLease {
  isServed: boolean;
  /** Of a run inside the command that serves; the latest. */
  inner: Allocation | undefined;
}

function followLease({ plan, report, onStart }: RunParts, lease: RunLease): SeenLease {
  const seen: SeenLease = { isServed: false, inner: undefined };
  const told = new Set<string>();
  const drifted = new Set<number>();
  const last = new Map<number, string>();
  let serviceName = lease.allocation.service_name ?? plan.serviceName;
  lease.onMoved((event) => {
    const server = lease.ports.findIndex(({ port }) => port === event.port);
    const isMain = server <= 0;
    // When a program opens further ports that it was asked to have can't be known.
    if (!plan.isFound && !isMain) return;
    if (event.event === 'bound' && isMain) seen.isServed = true;
    // A daemon that comes after a killed one tells it all anew.
    const text = JSON.stringify(event);
    if (last.get(event.port) === text) return;
    last.set(event.port, text);
    const service = isMain ? serviceName : (lease.ports[server]?.name ?? serviceName);
    const { name_url: nameUrl, service_name: named } = lease.allocations[Math.max(server, 0)] ?? {};
    const about = {
      server: Math.max(server, 0),
      wasElsewhere: drifted.has(event.port),
      nameUrl: named === undefined || named === service ? (nameUrl ?? undefined) : undefined,
    };
    report.moved(event, { ...plan, serviceName: service }, about);
    if (event.event === 'drifted') drifted.add(event.port);
  });
  lease.onInner((event) => {
    if (event.event === 'taken_over') serviceName = event.service_name ?? serviceName;
    else if (!told.has(event.allocation.lock_id)) noteInner(event.allocation);
  });
  function noteInner(inner: Allocation): void {
    const isGivenBack = told.size === 0 && plan.isOnlyRuns && !seen.isServed;
    const { lock_id: id, port } = inner;
    told.add(id);
    seen.inner = inner;
    if (told.size === 1) report.innerServes(inner, isGivenBack ? lease.allocation.port : undefined);
    if (!isGivenBack) return;
    onStart?.({ allocation: inner, ports: [{ name: plan.serviceName, port }] });
    void lease.release();
  }
  return seen;
}

async function endIfLate(
  { plan, coordinator, changes, report }: RunParts,
  child: Supervised,
  lease: RunLease,
  waitMs: number,
  seen: SeenLease,
): Promise<boolean> {
  const { endUnlessListening } = await import('./wait.ts');
  // Where the command may serve itself as well, its own port is waited for as long as there is time.
  const innerThatServes = (isLate: boolean) => (isLate || plan.isOnlyRuns ? seen.inner : undefined);
  const watched = { coordinator, changes, innerThatServes };
  return endUnlessListening(watched, child, lease, waitMs, report);
}
