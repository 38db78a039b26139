import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { hereOf } from '../../run/plan/here.ts';
import { isPortWord, leasesMeant, nearestOf, severalMeant } from '../../run/leases/find-lease.ts';
import { createReadyCheck, describeDrift } from '../../run/leases/readiness.ts';
import { waitUntil } from '../../run/leases/wait-until.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { upAdvice } from './choose/not-running.ts';

export async function execute(
  context: Context,
  { timeout, json }: { timeout: number; json?: boolean },
  [what = '']: string[],
): Promise<number> {
  const { out } = context;
  const { port, url, drift } = await waitFor(context, what, timeout);
  if (drift !== undefined) out.note(`styxy: ${drift}`);
  if (json) out.json({ port, url, ready: true });
  else out.line(url);
  return 0;
}

/** Longer than that, and it is told what is waited for. ms */
const TELL_AFTER_MS = 500;

/**
 * @param onSlow told once why it does not listen yet
 * @returns `drift`: in words, when it listens elsewhere @throws StyxyError TIMED_OUT, USAGE, INVALID_PORT
 */
export async function waitFor(
  context: Context,
  what: string,
  timeoutMs: number,
  onSlow: (reason: Reason) => void = () => undefined,
): Promise<{ port: number; url: string; drift: string | undefined }> {
  const watch = isPortWord(what)
    ? watchPort(context, parsePort(what, 'the port to wait for'))
    : watchService(context, what);
  const explained = async (): Promise<Reason> => {
    const reason = watch.reason();
    const isOpen = reason.hint !== undefined && !isPortWord(what);
    const hint = isOpen ? await upAdvice(context, what) : undefined;
    return hint === undefined ? reason : { ...reason, hint };
  };
  const startedAt = performance.now();
  let isTold = false;
  const ask = async (): Promise<Served | undefined> => {
    const found = await watch.isServed();
    if (found || isTold || performance.now() - startedAt < TELL_AFTER_MS) return found;
    isTold = true;
    onSlow(await explained());
    return undefined;
  };
  const served = await during(context.out, watch.awaited, () =>
    waitUntil(ask, { timeoutMs, wakeUps: [context.changes] }),
  );
  if (!served)
    throw new StyxyError(
      'TIMED_OUT',
      `${what} did not listen within ${timeoutMs / 1000} s`,
      await explained(),
    );
  return { port: served.port, url: `http://localhost:${served.port}`, drift: served.drift };
}

interface Served {
  port: number;
  drift?: string | undefined;
}

interface Reason {
  why: string;
  /** Nothing of it runs: how it is started; or where it listens. */
  hint?: string;
}

interface Watch {
  /** undefined: not yet */
  isServed(): Promise<Served | undefined>;
  /** Why not. */
  reason(): Reason;
  /** What is waited for, in words. */
  awaited(): string;
}

/** The port has a listener; if it is leased, one of the lease's own holder. */
function watchPort({ coordinator }: Context, port: number): Watch {
  let seen: Allocation | null = null;
  return {
    async isServed() {
      const { allocation, listener } = await coordinator.check(port);
      seen = allocation;
      if (!allocation) return listener ? { port } : undefined;
      const { state, actual_ports: ports } = allocation;
      return state === 'bound' || (state === 'drifted' && ports.includes(port)) ? { port } : undefined;
    },
    reason: () => {
      const drift = seen && describeDrift(seen);
      if (!drift) return { why: `nothing listens on port ${port}` };
      return { why: drift, hint: `say ${seen?.actual_ports[0]}, where it listens` };
    },
    awaited: () => `${seen?.service_name ?? seen?.service_type ?? 'a program'} to listen on port ${port}`,
  };
}

/** The service listens, wherever; it may be started only a moment from now. */
function watchService({ coordinator, cwd }: Context, name: string): Watch {
  const here = { ...hereOf(cwd), ofMachine: true } as const;
  const isReady = createReadyCheck();
  let seen: Allocation | undefined;
  let near: string | undefined;
  return {
    async isServed() {
      const { allocations } = await coordinator.list();
      const [lease, ...more] = leasesMeant(name, here, allocations);
      near = nearestOf(name, here, allocations);
      if (lease && more.length > 0) throw severalMeant(name, [lease, ...more]);
      seen = lease;
      if (!lease || !isReady(lease)) return undefined;
      const [port = lease.port] = lease.actual_ports;
      return { port, drift: describeDrift(lease) };
    },
    reason: () =>
      seen
        ? { why: describeDrift(seen) ?? `nothing listens on port ${seen.port}` }
        : {
            why: 'no service of that name has a lease here',
            hint:
              near !== undefined
                ? `did you mean "${near}"?`
                : `start it with styxy run --name ${name} -- <command>, or see what runs with styxy list`,
          },
    awaited: () => (seen ? `${name} to listen on port ${seen.port}` : `${name} to be started`),
  };
}
