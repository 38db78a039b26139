import { StyxyError } from '../../base/styxy-error.ts';
import { parsePort } from '../../base/port-number.ts';
import type { Allocation } from '../../protocol/allocation.ts';
import { createReadyCheck, describeDrift, waitForListener } from '../../run/leases/readiness.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { sleep } from '../../system/sleep.ts';

const LOOK_EVERY_MS = 150;

export async function execute(
  { coordinator, cwd, out }: Context,
  { timeout, json }: { timeout: number; json?: boolean },
  [what = '']: string[],
): Promise<number> {
  const deadline = Date.now() + timeout;
  const isPort = /^\d+$/.test(what);
  const port = isPort ? parsePort(what, 'the port to wait for') : await portOfService(what, deadline);
  const isReady = createReadyCheck();
  let served: Allocation | undefined;
  const listens = port !== undefined && (await waitForListener(() => isServed(port), deadline - Date.now()));
  if (!listens) {
    throw new StyxyError('TIMED_OUT', `${what} did not listen within ${timeout / 1000} s`, {
      why:
        port === undefined
          ? 'no service of that name has a lease in this worktree'
          : ((served && describeDrift(served)) ?? `nothing listens on port ${port}`),
      ...(port === undefined && {
        hint: `start it with styxy run --name ${what} -- <command>, or see what runs with styxy list`,
      }),
    });
  }
  const drift = !isPort && served && describeDrift(served);
  if (drift) out.note(`styxy: ${drift}`);
  const [at = port] = (!isPort && served?.actual_ports) || [];
  const url = `http://localhost:${at}`;
  if (json) out.json({ port: at, url, ready: true });
  else out.data(url);
  return 0;

  /** The port has a listener; if it is leased, one of the lease's own holder. */
  async function isServed(asked: number): Promise<boolean> {
    const { allocation, listener } = await coordinator.check(asked);
    served = allocation ?? undefined;
    if (!allocation) return listener !== null;
    if (!isPort) return isReady(allocation);
    const { state, actual_ports: ports } = allocation;
    return state === 'bound' || (state === 'drifted' && ports.includes(asked));
  }

  /** The service may be started by somebody else a moment from now. */
  async function portOfService(name: string, until: number): Promise<number | undefined> {
    const project = findWorktree(cwd).path;
    do {
      const { allocations } = await coordinator.list({ project });
      const found = allocations.find(({ service_name }) => service_name === name);
      if (found) return found.port;
      await sleep(LOOK_EVERY_MS);
    } while (Date.now() < until);
    return undefined;
  }
}
