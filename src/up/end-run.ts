import type { BackgroundRun } from '../run/child/background.ts';
import { isAlive, type ProcessIdentity } from '../system/process/identity.ts';
import { signalAll } from '../system/process/signal.ts';
import { snapshotTree } from '../system/process/tree.ts';
import { waitUntil } from '../run/leases/wait-until.ts';

/** How long a wrapper and its program may take to end. ms */
const GRACE_MS = 10_000;
/** How long the kernel may take to end what was killed. ms */
const KILL_MS = 5000;

/** Asks the wrapper to end, which takes its program along and gives the lease back; in the end kills both. */
export async function endRun(wrapper: BackgroundRun, identity: ProcessIdentity | undefined): Promise<void> {
  if (!identity || wrapper.state.closed) return;
  await signalAll([identity], 'SIGTERM');
  if (!(await hasEnded(wrapper, identity, GRACE_MS))) await killRun(wrapper, identity);
}

/** Kills the wrapper and all that it has started; the daemon ends what is left. */
export async function killRun(wrapper: BackgroundRun, identity: ProcessIdentity | undefined): Promise<void> {
  if (!identity || wrapper.state.closed) return;
  await signalAll(snapshotTree(identity.pid), 'SIGKILL');
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
