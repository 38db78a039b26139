import { StyxyError } from '../../base/styxy-error.ts';
import { parsePort } from '../../base/port-number.ts';
import { listensByCoordinator, waitForListener } from '../../run/readiness.ts';
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
  const port = /^\d+$/.test(what)
    ? parsePort(what, 'the port to wait for')
    : await portOfService(what, deadline);
  const listens =
    port !== undefined &&
    (await waitForListener(() => listensByCoordinator(coordinator, port), deadline - Date.now()));
  if (!listens) {
    throw new StyxyError('TIMED_OUT', `${what} did not listen within ${timeout / 1000} s`, {
      why:
        port === undefined
          ? 'no service of that name has a lease in this worktree'
          : `nothing listens on port ${port}`,
    });
  }
  const url = `http://localhost:${port}`;
  if (json) out.json({ port, url, ready: true });
  else out.data(url);
  return 0;

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
