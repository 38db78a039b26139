import type { Move } from '../client/held-lease.ts';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import { childVariables, variablesOfEach } from './child/child-env.ts';
import type { Outcome, Supervised } from './child/supervise.ts';
import { type Endings, followEndings, lockIdsOf, type RunLease } from './leases/obtain.ts';
import type { RunParts } from './parts.ts';

/** How a run ends whose command did not listen in time, whatever the command said to being ended. */
const LATE: ExitStatus = { code: 1, signal: null };

export interface RunOutcome extends Outcome, Orders {
  /** The command's own tree was seen on its port, or another run inside of it serves. */
  isServed: boolean;
}

/** Starts the command with a lease, and follows both until the command has ended. @throws StyxyError when it can't be started */
export async function runOnce(parts: RunParts, lease: RunLease): Promise<RunOutcome> {
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
      endsOrphans: ({ code }: ExitStatus) => (code !== 0 && hasServed(seen)) || endings.isOfOne(),
      onOrphans: (status: ExitStatus) => report.orphans(endings.others(), status),
      onSlow: report.slow,
    };
    const child = await supervise(launch.command, place);
    lease.attach(child.pid);
    const orders = followOrders(endings, lease, child);
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

export type ServerMove = Move & { server: number };

/** What the daemon has ordered while the command ran. */
export interface Orders {
  /** It was ended to be started again. */
  isToRestart: boolean;
  /** On another port. */
  move: ServerMove | undefined;
}

/** Ends the command when the daemon says so. @returns what is known when the command has ended */
function followOrders(endings: Endings, lease: RunLease, child: Supervised): Orders {
  const orders: Orders = { isToRestart: false, move: undefined };
  let isToStop = false;
  lease.onOrder((order, move) => {
    if (order === 'stop' && !isToStop) endings.toldToStop();
    isToStop ||= order === 'stop';
    orders.isToRestart = !isToStop;
    orders.move = move ?? orders.move;
    // What fails is tried again when the command has ended, and told then.
    child.end().catch(() => undefined);
  });
  return orders;
}

/** While no command runs, an order ends this process as a signal does. */
export function stopOurselves(): void {
  process.kill(process.pid, 'SIGTERM');
}

/** What becomes of the lease while the command runs. */
interface SeenLease {
  isServed: boolean;
  /** On any port, asked for or not. */
  hasListened: boolean;
  /** Of a run inside the command that serves; the latest. */
  inner: Allocation | undefined;
}

const hasServed = ({ hasListened, inner }: SeenLease): boolean => hasListened || inner !== undefined;

function followLease({ plan, report, onStart }: RunParts, lease: RunLease): SeenLease {
  const seen: SeenLease = { isServed: false, hasListened: false, inner: undefined };
  const told = new Set<string>();
  const drifted = new Set<number>();
  const last = new Map<number, string>();
  let serviceName = lease.allocation.service_name ?? plan.serviceName;
  lease.onMoved((event) => {
    if (event.event !== 'outsider') seen.hasListened = true;
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
