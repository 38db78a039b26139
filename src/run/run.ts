import type { MoveEvent } from '../client/held-lease.ts';
import type { Connection } from '../client/connection.ts';
import { LEASE_MARKER } from '../protocol/lease-marker.ts';
import type { StyxyError } from '../base/styxy-error.ts';
import { sleep } from '../system/sleep.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import { childVariables } from './child-env.ts';
import type { ConflictPolicy } from './conflict-policy.ts';
import { obtainPort, type RunLease } from './obtain.ts';
import type { RunPlan } from './plan.ts';
import type * as Supervise from './supervise.ts';
import type { Outcome, Supervised } from './supervise.ts';

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
  /** Told of each start; for `--wait`. */
  onStart?: (child: Supervised, lease: RunLease) => void;
}

/** Runs the command inside a lease. @returns how it ended @throws StyxyError before anything was started */
export async function run(parts: RunParts): Promise<ExitStatus> {
  const { plan, connection, report } = parts;
  const obtaining = obtainPort(connection, plan.request);
  // Loaded while the daemon looks for a port: setImmediate lets the request leave first.
  const supervising = new Promise<typeof Supervise>((resolve) => {
    setImmediate(() => resolve(import('./supervise.ts')));
  });
  let lease = await obtaining;
  const { supervise } = await supervising;
  for (let attempt = 0; ; attempt++) {
    const outcome = await runOnce(parts, lease, supervise);
    const next =
      plan.request.port === undefined && (await failedForItsPort(outcome, lease))
        ? await another(parts, lease, attempt)
        : undefined;
    if (!next) {
      await lease.leave();
      return outcome.status;
    }
    await lease.release();
    report.restarting(lease.allocation.port, next.allocation.port);
    lease = next;
  }
}

/**
 * Another port than the one that was taken, after the pause that is due; undefined when there is none or it was tried
 * often enough, and the command's own failure stands.
 */
async function another(
  { connection, plan, conflictPolicy }: RunParts,
  { allocation }: RunLease,
  attempt: number,
): Promise<RunLease | undefined> {
  const { retries, pauseMs } = await conflictPolicy();
  if (attempt >= retries) return undefined;
  await sleep(pauseMs(attempt));
  const avoid = [...(plan.request.avoid ?? []), allocation.port];
  return obtainPort(connection, { ...plan.request, avoid }).catch(() => undefined);
}

async function runOnce(
  parts: RunParts,
  lease: RunLease,
  supervise: typeof Supervise.supervise,
): Promise<Outcome> {
  const { plan, report, portVariables, siblings } = parts;
  const launch = plan.launch(lease.allocation.port);
  const { allocation } = lease;
  const variables = childVariables({ allocation, serviceName: plan.serviceName, portVariables, siblings });
  if (lease.unguarded) report.unguarded(allocation.port, lease.unguarded);
  else report.started(lease, plan);
  lease.onLost((reason) => report.lost(reason));
  lease.onMoved((event) => report.moved(event, plan));
  try {
    const env = { ...parts.env, ...variables, ...launch.variables };
    const child = await supervise(launch.command, { cwd: parts.cwd, env });
    lease.attach(child.pid);
    parts.onStart?.(child, lease);
    return await child.outcome;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** It failed soon after its start, and somebody outside its tree listens on its port. */
async function failedForItsPort(
  { status, askedToEnd, ranForMs }: Outcome,
  lease: RunLease,
): Promise<boolean> {
  if (askedToEnd || status.code === 0 || status.code === null || ranForMs > CONFLICT_WINDOW_MS) return false;
  const [{ isPortFree }, { findMarked }] = await Promise.all([
    import('../system/ports/probe.ts'),
    import('../system/process/tree.ts'),
  ]);
  const { port, lock_id: id } = lease.allocation;
  if (await isPortFree(port)) return false;
  return id === undefined || (await findMarked(LEASE_MARKER, id)).length === 0;
}
