import { LEASE_MARKER, PORT_VARIABLE } from '../protocol/lease-marker.ts';
import type { BackgroundRun } from '../run/child/background.ts';
import { wrapperEndLimit } from '../settings/defaults.ts';
import { isAlive, type ProcessIdentity } from '../system/process/identity.ts';
import { isOpenedForUser } from '../system/process/opened-for-user.ts';
import { signalAll } from '../system/process/signal.ts';
import { snapshotTreeOf } from '../system/process/tree.ts';
import { waitUntil } from '../run/leases/wait-until.ts';

/** How long the kernel may take to end what was killed. ms */
const KILL_MS = 5000;

/**
 * Asks the wrapper to end, which takes its program along and gives the lease back; kills both when it has not ended long
 * after the graces it gives. @param graceMs asked when it is to end
 * @returns false: it had ended before
 */
export async function endRun(
  wrapper: BackgroundRun,
  identity: ProcessIdentity | undefined,
  graceMs: () => Promise<number>,
): Promise<boolean> {
  if (!identity || wrapper.state.closed) return false;
  await signalAll([identity], 'SIGTERM');
  const limitMs = wrapperEndLimit(await graceMs());
  if (!(await hasEnded(wrapper, identity, limitMs))) await killRun(wrapper, identity);
  return true;
}

/** Kills the wrapper and all that it has started but what it has opened for the user; the daemon ends what is left. */
export async function killRun(wrapper: BackgroundRun, identity: ProcessIdentity | undefined): Promise<void> {
  if (!identity || wrapper.state.closed) return;
  const tree = snapshotTreeOf(identity);
  await signalAll(
    tree.filter(({ pid }) => !isOpenedForUser(pid, LEASE_MARKER, PORT_VARIABLE)),
    'SIGKILL',
  );
  await hasEnded(wrapper, identity, KILL_MS);
}

async function hasEnded(
  wrapper: BackgroundRun,
  identity: ProcessIdentity,
  timeoutMs: number,
): Promise<boolean> {
  const ask = async (): Promise<true | undefined> =>
    (wrapper.state.closed && !isAlive(identity)) || undefined;
  return (await waitUntil(ask, { timeoutMs, wakeUps: [wrapper.onChange] })) ?? false;
}
