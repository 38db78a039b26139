import { StyxyError } from '../../base/styxy-error.ts';
import { pidOf, processOf, type Lease } from '../../domain/lease.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import { sleep } from '../../system/sleep.ts';
import type { Core } from '../core.ts';

type RunningContext = Pick<Core, 'state' | 'machine'>;

/** How long the lease of a dead holder may take to end, or to pass to what the holder left running. ms */
const SETTLE_MS = 5000;
const CHECK_EVERY_MS = 25;

/** Waits, at most 5 s, while the service that `if_running` asks about has a holder that is dead already. */
export async function settleRunning(
  context: RunningContext,
  body: AllocateBody,
  request: LeaseRequest,
): Promise<void> {
  if (!isAsked(body)) return;
  for (let waited = 0; waited < SETTLE_MS; waited += CHECK_EVERY_MS) {
    const lease = await runningService(context, body, request);
    if (!lease || !isHolderDead(context, lease)) return;
    await sleep(CHECK_EVERY_MS);
  }
}

/**
 * Answers `if_running` of a request: does the same service of the same project run already? To be asked in the queue of
 * all requests, so that of two who ask for the same service only one starts it.
 * @returns the lease to share; undefined when a new one is to be made
 * @throws StyxyError SERVICE_RUNNING
 */
export async function findRunning(
  context: RunningContext,
  body: AllocateBody,
  request: LeaseRequest,
): Promise<Lease | undefined> {
  const lease = await runningService(context, body, request);
  if (lease && body.if_running === 'fail') throw serviceRunning(lease);
  return lease;
}

async function runningService(
  { state, machine }: RunningContext,
  body: AllocateBody,
  { project, name, type }: LeaseRequest,
): Promise<Lease | undefined> {
  if (!isAsked(body) || project === undefined || name === undefined) return undefined;
  for (const lease of state.leases.all()) {
    if (lease.holds[0].project !== project || lease.name !== name) continue;
    if (lease.type !== type && !body.service_type_default) continue;
    // A lease held only by a deadline has no program yet, unless something listens on its port.
    const isHeld = lease.holds.some(({ holder }) => holder.kind !== 'ttl');
    if (isHeld || !(await machine.isPortFree(lease.port))) return lease;
  }
  return undefined;
}

function isHolderDead({ machine }: RunningContext, { holds: [{ holder }] }: Lease): boolean {
  const process = processOf(holder);
  return process !== undefined && !machine.isAlive(process);
}

const isAsked = ({ if_running: wish }: AllocateBody): boolean => wish === 'reuse' || wish === 'fail';

function serviceRunning({ id, name, port, service, holds: [first] }: Lease): StyxyError {
  const { project, command } = first;
  const pid = service?.pid ?? pidOf(first.holder);
  const who = `${pid === undefined ? 'its lease' : `process ${pid}`}${command ? ` (${command})` : ''}`;
  return new StyxyError('SERVICE_RUNNING', `"${name}" runs already, on port ${port}`, {
    why: `${who} in ${project}`,
    hint: `styxy url ${name} prints its address; --if-running replace ends it first`,
    details: { port, lock_id: id, pid: pid ?? null },
  });
}
