import type { ExitStatus } from '../system/process/exit-status.ts';
import { sleep } from '../system/sleep.ts';
import type { Outcome } from './child/supervise.ts';
import { isOthers, obtainPorts, type RunLease } from './leases/obtain.ts';
import { type Orders, runOnce, type RunOutcome, type ServerMove, stopOurselves } from './once.ts';
import type { RunParts } from './parts.ts';
import { planAt, type RunPlan } from './plan/plan.ts';
import type { PortRequest } from './plan/requests.ts';

/** A server that fails for its port does so at its start. */
const CONFLICT_WINDOW_MS = 10_000;

/** Runs the command inside a lease. @returns how it ended @throws StyxyError before anything was started */
export async function run(given: RunParts): Promise<ExitStatus> {
  const { report } = given;
  let parts: RunParts = { ...given, plan: await settleRunning(given) };
  // The part of Node that starts programs takes as long to load as the coordinator to answer.
  const [first] = await Promise.all([obtainOwn(parts), import('./child/supervise.ts')]);
  if ('code' in first) return first;
  let lease = first;
  for (let conflicts = 0; ;) {
    const outcome = await runOnce(parts, lease);
    if (outcome.isToRestart) {
      const again = await obtainAsOrdered(parts, lease, outcome);
      if ('code' in again) return again;
      ({ parts, lease } = again);
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
    await explainFailure(parts, lease, outcome).catch(() => undefined);
    await lease.leave();
    const failed = await afterFailure(parts, outcome);
    if ('status' in failed) {
      await parts.onEnd?.(failed);
      return failed.status;
    }
    const again = failed.order
      ? await obtainAsOrdered(parts, failed.lease, failed.order)
      : { ...failed, parts };
    if ('code' in again) return again;
    ({ parts, lease } = again);
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

/** What a command is started with. */
interface Start {
  parts: RunParts;
  lease: RunLease;
}

/**
 * What the command is started with once more: on the port that the order names, and where it was if it can't be there.
 * @returns how the run ends where the service is another run's
 */
async function obtainAsOrdered(
  parts: RunParts,
  lease: RunLease,
  { move }: Pick<Orders, 'move'>,
): Promise<Start | ExitStatus> {
  parts.report.orderedAgain(move);
  const moved = move && (await obtainMoved(parts, lease, move).catch(() => undefined));
  if (moved) return moved;
  const same = await obtainOwn(parts, lease);
  return 'code' in same ? same : { parts, lease: same };
}

/** @throws StyxyError when the port of that order can't be had */
async function obtainMoved(parts: RunParts, before: RunLease, move: ServerMove): Promise<Start | ExitStatus> {
  const moved = { ...parts, plan: planAt(parts.plan, move.server, move.preferred_port) };
  await before.release();
  const lease = await obtainOwn(moved, before);
  return 'code' in lease ? lease : { parts: moved, lease };
}

type Ended = Pick<Outcome, 'status' | 'askedToEnd'>;

/**
 * A lease to start a command with once more that failed by itself, after the pause that is due: the service is found by
 * it in the meantime, ended, and ordered to start at once. Else how the run ends.
 */
async function afterFailure(
  parts: RunParts,
  outcome: Ended & Pick<Outcome, 'ranForMs'>,
): Promise<{ lease: RunLease; order: Pick<Orders, 'move'> | undefined } | Ended> {
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
  let order: Pick<Orders, 'move'> | undefined;
  lease.onOrder((kind, move) => {
    if (kind === 'stop') return stopOurselves();
    order = { move: move ?? order?.move };
    atOnce.abort();
  });
  const signal = await pause;
  if (signal === undefined) return { lease, order };
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

/** Some tools (Vite 8.4) refuse to run twice in one folder, on whatever port; others take one port and no other. */
async function explainFailure(
  { coordinator, report, plan }: RunParts,
  { allocation }: RunLease,
  outcome: RunOutcome,
): Promise<void> {
  if (!hasFailedEarly(outcome) || allocation.inside) return;
  const { missedPort, sameBeside } = await import('./leases/early-failure.ts');
  const other = await sameBeside(allocation, coordinator);
  if (other) return report.runsAlready(other);
  const missed = await missedPort(allocation, coordinator);
  if (missed) report.missesPort(missed, plan);
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
