import type { Instance } from '../domain/instance-table.ts';
import { processOf, type Lease } from '../domain/lease.ts';
import { endInRounds } from '../system/process/end-in-rounds.ts';
import type { ProcessIdentity } from '../system/process/identity.ts';
import type { HoldersContext } from './holders/context.ts';
import { settleUnasked, unfailing } from './holders/settle.ts';

/**
 * An agent that is killed runs no hook: what its session has started is ended here as soon as its process has gone,
 * unless the user keeps it. A session that ends by itself ends its own servers first.
 */
export function endServersOfKilledAgents(context: HoldersContext): void {
  context.ledger.subscribe({
    instanceEnded(instance) {
      if (hasLostItsAgent(context, instance)) unfailing(context, endServers(context, instance));
    },
  });
}

function hasLostItsAgent({ settings, machine }: HoldersContext, { metadata, process }: Instance): boolean {
  if (metadata.agent === undefined || process === undefined || machine.isAlive(process)) return false;
  return settings().on_session_death === 'end';
}

async function endServers(context: HoldersContext, session: Instance): Promise<void> {
  const own = [...context.state.leases.all()].filter((lease) => isOnlyOf(session, lease));
  await Promise.all(own.map((lease) => endServer(context, session, lease)));
}

/** What others use as well goes on. */
function isOnlyOf({ id }: Instance, { holds }: Lease): boolean {
  return holds.every(({ instance }) => instance === id);
}

async function endServer(context: HoldersContext, session: Instance, lease: Lease): Promise<void> {
  const { machine, log, state } = context;
  const { end_grace_ms: graceMs } = context.settings();
  log.info('ending what a killed agent left behind', { lease: lease.id, instance: session.id });
  // A wrapper takes its command along, and gives the lease back.
  const holder = holderToEnd(context, session, lease);
  if (holder) await machine.endProcesses([holder], graceMs);
  await endInRounds(
    () => machine.processesOf(lease),
    (found) => machine.endProcesses(found, graceMs),
  );
  const rest = state.leases.get(lease.id);
  const isOver = rest && ['ttl', 'instance'].includes(rest.holds[0].holder.kind);
  if (isOver) settleUnasked(context, [{ lockId: rest.id, hold: rest.holds[0], ended: 'over' }]);
}

/**
 * What has asked in the session's name is the session's. A process that was only named to keep a lease may be anything,
 * so that one from before the session is not the session's to end.
 */
function holderToEnd(
  { machine, clock }: HoldersContext,
  { registeredAt }: Instance,
  { holds: [{ holder }] }: Lease,
): ProcessIdentity | undefined {
  const process = processOf(holder);
  if (process === undefined || holder.kind === 'connection') return process;
  const age = machine.ageOf(process);
  return age !== undefined && age <= clock() - registeredAt ? process : undefined;
}
