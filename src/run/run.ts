import type { MoveEvent } from '../client/held-lease.ts';
import type { Connection } from '../client/connection.ts';
import { LEASE_MARKER } from '../protocol/lease-marker.ts';
import type { StyxyError } from '../base/styxy-error.ts';
import type { AllocateAnswer, AllocateBody } from '../protocol/allocation.ts';
import { sleep } from '../system/sleep.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import { childVariables } from './child/child-env.ts';
import type { ConflictPolicy } from './leases/conflict-policy.ts';
import { isOthers, obtainPort, type RunLease } from './leases/obtain.ts';
import type { RunPlan } from './plan/plan.ts';
import type { Outcome, Supervised } from './child/supervise.ts';

/** A server that fails for its port does so at its start. */
const CONFLICT_WINDOW_MS = 10_000;

/** What a run has to say; nothing of it goes to the child's streams unless there is something to tell. */
export interface RunReporter {
  started(lease: RunLease, plan: RunPlan): void;
  unguarded(port: number, reason: StyxyError): void;
  restarting(port: number, nextPort: number): void;
  lost(reason: string): void;
  /** The command listens on other ports than its own, or has come back to it. */
  moved(event: MoveEvent, plan: RunPlan): void;
}

export interface RunParts {
  plan: RunPlan;
  connection: Connection;
  cwd: string;
  env: NodeJS.ProcessEnv;
  portVariables: readonly string[];
  siblings: ReadonlyMap<string, number>;
  /** What to do when a stranger took the command's port; asked only then. */
  conflictPolicy: () => Promise<ConflictPolicy>;
  report: RunReporter;
  /**
   * The service runs already and is to be shared, or somebody else holds the only one there may be.
   * @returns how that ends this run; undefined: it has ended by now, so ask for a port again
   */
  onRunning: (allocation: AllocateAnswer) => Promise<ExitStatus | undefined>;
  /** Told of each start; for `--wait`. */
  onStart?: (child: Supervised, lease: RunLease) => void;
}

/** Runs the command inside a lease. @returns how it ended @throws StyxyError before anything was started */
export async function run(parts: RunParts): Promise<ExitStatus> {
  const { plan, report } = parts;
  // The part of Node that starts programs takes as long to load as the coordinator to answer.
  let [lease] = await Promise.all([obtain(parts), import('./child/supervise.ts')]);
  while (isOthers(lease)) {
    // Before anything is done about the one that runs: it must not end up as ours.
    await lease.release();
    const status = await parts.onRunning(lease.allocation);
    if (status) return status;
    lease = await obtain(parts);
  }
  for (let attempt = 0; ; attempt++) {
    const outcome = await runOnce(parts, lease);
    const taken = plan.request.port === undefined ? await portsItFailedFor(outcome, lease) : [];
    const next = taken.length > 0 ? await another(parts, lease, taken, attempt) : undefined;
    if (!next) {
      await lease.leave();
      return outcome.status;
    }
    for (const port of taken) report.restarting(port, portInstead(port, lease, next));
    lease = next;
  }
}

async function obtain({ connection, plan }: RunParts, fields: Partial<AllocateBody> = {}): Promise<RunLease> {
  const request = { ...plan.request, ...fields };
  if (!plan.more) return obtainPort(connection, request);
  const { obtainPorts } = await import('./leases/several-ports.ts');
  return obtainPorts(connection, [request, ...plan.more]);
}

/**
 * Other ports than those that were taken, after the pause that is due; undefined when there are none or it was tried
 * often enough, and the command's own failure stands.
 */
async function another(
  parts: RunParts,
  lease: RunLease,
  taken: readonly number[],
  attempt: number,
): Promise<RunLease | undefined> {
  const { retries, pauseMs } = await parts.conflictPolicy();
  if (attempt >= retries) return undefined;
  await sleep(pauseMs(attempt));
  // First, so that those of several ports that nobody took are had again.
  await lease.release();
  const avoid = [...(parts.plan.request.avoid ?? []), ...taken];
  const next = await obtain(parts, { avoid, if_running: undefined }).catch(() => undefined);
  if (!next || !isOthers(next)) return next;
  await next.release();
  return undefined;
}

function portInstead(port: number, old: RunLease, next: RunLease): number {
  const named = [...(old.ports ?? [])].find(([, each]) => each === port);
  return (named && next.ports?.get(named[0])) ?? next.allocation.port;
}

async function runOnce(parts: RunParts, lease: RunLease): Promise<Outcome> {
  const { plan, report, portVariables, siblings } = parts;
  const { allocation, ports = new Map() } = lease;
  const launch = plan.launch(allocation.port, ports);
  const variables = childVariables({
    allocation,
    serviceName: plan.serviceName,
    portVariables,
    siblings: new Map([...siblings, ...ports]),
    projectEnv: plan.projectEnv,
  });
  if (lease.unguarded) report.unguarded(allocation.port, lease.unguarded);
  else report.started(lease, plan);
  lease.onLost((reason) => report.lost(reason));
  lease.onMoved((event) => report.moved(event, plan));
  try {
    const env = { ...parts.env, ...variables, ...launch.variables };
    const { supervise } = await import('./child/supervise.ts');
    const child = await supervise(launch.command, { cwd: parts.cwd, env });
    lease.attach(child.pid);
    parts.onStart?.(child, lease);
    return await child.outcome;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** Its ports on which somebody outside its tree listens, if it failed soon after its start. */
async function portsItFailedFor(
  { status, askedToEnd, ranForMs }: Outcome,
  lease: RunLease,
): Promise<number[]> {
  if (askedToEnd || status.code === 0 || status.code === null || ranForMs > CONFLICT_WINDOW_MS) return [];
  const [{ isPortFree }, { findMarked }] = await Promise.all([
    import('../system/ports/probe.ts'),
    import('../system/process/tree.ts'),
  ]);
  const { port: main, lock_id: id } = lease.allocation;
  const taken: number[] = [];
  for (const port of lease.ports?.values() ?? [main]) if (!(await isPortFree(port))) taken.push(port);
  if (taken.length === 0 || id === undefined) return taken;
  return (await findMarked(LEASE_MARKER, id)).length === 0 ? taken : [];
}
