import { closeSync, existsSync } from 'node:fs';
import { constants } from 'node:os';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/allocation.ts';
import { fromErrorBody } from '../../protocol/error-body.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { startDetached, type Detached } from '../../run/child/background.ts';
import { findRunning, portsOfRun, waitForRunning, type IfRunning } from '../../run/leases/if-running.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import { createReadyCheck, describeDrift, listensBySystem } from '../../run/leases/readiness.ts';
import { openServiceLog, serviceLogPath, sizeOfLog, tailOfLog } from '../../run/child/service-log.ts';
import { sleep } from '../../system/sleep.ts';
import type { RunFlags } from './run.ts';
import type { Context } from '../context.ts';
import { reportError } from '../print/error.ts';
import { describeRunning, notReady } from './running.ts';

/** A program that can't start says so within this time; a server that listens earlier is believed earlier. ms */
const LOOK_FOR_MS = 1000;
const LOOK_EVERY_MS = 50;
const LINES_SHOWN = 10;

interface Wanted {
  plan: RunPlan;
  /** undefined: nothing was said, and asking again is to do no harm. */
  wish: IfRunning | undefined;
  flags: RunFlags;
  /** What stood before `--`. */
  words: readonly string[];
}

/** What is known of the service at the end. */
interface Found {
  allocation: Partial<Allocation> & { port: number; url: string };
  existing: boolean;
  /** Seen listening. */
  ready: boolean;
  /** The process that keeps it alive. */
  pid: number | null;
  ports: Record<string, number> | null;
}

/** `styxy run --detach`: makes sure that the service runs, in the background, and says where. @returns the exit code */
export async function detach(
  context: Context,
  { plan, wish = 'reuse', flags, words }: Wanted,
): Promise<number> {
  const { out } = context;
  const log = serviceLogPath(context.paths, plan.request.project_path ?? context.cwd, plan.serviceName);
  const deadline = Date.now() + flags.timeout;
  let found: Found | number | undefined;
  while (found === undefined) {
    const known = await findRunning(context.coordinator, plan).catch(() => []);
    // Asked for from inside that very service it is another one that is wanted.
    const isOurs = known.some(({ lock_id: id }) => id === context.env[LEASE_MARKER]);
    const args = wrapperArguments(flags, isOurs ? 'new' : wish, words, context.command);
    const [running] = wish === 'reuse' && !isOurs ? known : [];
    found = running
      ? await join(context, flags, running, deadline)
      : await startAnew(context, { plan, flags, args, log, deadline });
  }
  if (typeof found === 'number') return found;
  const { allocation, existing, ready, pid, ports } = found;
  if (!flags.quiet || allocation.lock_id === undefined)
    out.note(`${out.paintNote('dim', 'styxy:')} ${summary(found, plan.serviceName)}`);
  if (flags.json) {
    const file = existsSync(log) ? log : null;
    out.json({ success: true, ...allocation, ...(ports && { ports }), existing, ready, pid, log: file });
  } else out.data(allocation.url);
  return 0;
}

/** The same run for the wrapper in the background; what concerns the foreground stays here. */
function wrapperArguments(
  flags: RunFlags,
  wish: IfRunning,
  words: readonly string[],
  command: readonly string[] | undefined,
): string[] {
  const { type, name, port, prefer, instance, retries, ports } = flags;
  const given = {
    type,
    name,
    port,
    prefer,
    instance,
    retries,
    ports: ports?.map((each) => `${each.name}=${each.type}`).join(','),
    'if-running': wish,
  };
  const options = Object.entries(given).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}=${value}`],
  );
  const variables = (flags.env ?? []).map((variable) => `--env=${variable}`);
  const force = flags.force ? ['--force'] : [];
  const target = command ? [...words, '--', ...command] : words;
  return ['run', '--detached', ...options, ...variables, ...force, ...target];
}

function summary({ allocation, existing, pid }: Found, name: string): string {
  // Without a coordinator there is no lease to find it by.
  if (allocation.lock_id === undefined)
    return `no coordinator: ${name} runs in the background (pid ${pid}) on a port that is not reserved; styxy logs ${name} shows its output, kill ${pid} ends it`;
  if (existing) return describeRunning(allocation as Allocation);
  const drift = describeDrift(allocation as Allocation);
  return `${drift ? `${drift}; it` : name} runs in the background (pid ${pid}): styxy logs ${name} shows its output, styxy stop ${name} ends it`;
}

/** Somebody has started it already. @returns undefined when it has ended meanwhile */
async function join(
  { coordinator }: Context,
  flags: RunFlags,
  running: Allocation,
  deadline: number,
): Promise<Found | undefined> {
  const ports = await portsOfRun(coordinator, running);
  const found = { existing: true, pid: running.holder.pid ?? null, ports };
  if (flags.wait) {
    const now = await waitForRunning(coordinator, running, deadline - Date.now());
    if (now === 'gone') return undefined;
    if (now === 'late') throw notReady(running, flags.timeout);
    return { ...found, allocation: now, ready: true };
  }
  const { allocation } = await coordinator.check(running.port);
  if (allocation?.lock_id !== running.lock_id) return undefined;
  return { ...found, allocation, ready: isListening(allocation) };
}

interface Start {
  plan: RunPlan;
  flags: RunFlags;
  /** How the wrapper in the background is to be called. */
  args: readonly string[];
  log: string;
  deadline: number;
}

const isListening = ({ state }: Allocation): boolean => state === 'bound' || state === 'drifted';

async function startAnew(
  context: Context,
  { plan, flags, args, log, deadline }: Start,
): Promise<Found | number | undefined> {
  const fd = openServiceLog(context.paths, log);
  const before = sizeOfLog(log);
  const wrapper = startDetached(args, context, fd);
  closeSync(fd);
  try {
    const end = await watchStart(context, wrapper, flags, deadline);
    if (end === 'late') throw slow(plan.serviceName, flags.timeout, tailOfLog(log, LINES_SHOWN, before));
    if (end !== 'ended') return end;
    return reportEnd(context, flags, plan.serviceName, wrapper, tailOfLog(log, LINES_SHOWN, before));
  } finally {
    wrapper.leave();
  }
}

/** Follows what the wrapper tells until the service listens, has ended, or need not be looked at any longer. */
async function watchStart(
  context: Context,
  wrapper: Detached,
  flags: RunFlags,
  deadline: number,
): Promise<Found | 'late' | 'ended' | undefined> {
  let startedAt: number | undefined;
  const isReady = createReadyCheck();
  for (;;) {
    const { failed, running, started, ended, closed } = wrapper.state;
    if (failed) throw fromErrorBody(failed.error, 500);
    if (running) return join(context, flags, running.allocation, deadline);
    const seen = started && (await look(context, started.allocation, isReady));
    const found = (ready: boolean): Found => ({
      allocation: seen?.allocation ?? started!.allocation,
      existing: false,
      ready,
      pid: wrapper.pid,
      ports: started!.ports,
    });
    if (seen?.listens) return found(true);
    // A command that has left its server running and returned has started it all the same.
    if (ended || closed) return seen?.isLeft && ended?.code === 0 && !flags.wait ? found(false) : 'ended';
    startedAt ??= started && Date.now();
    const isLate = Date.now() > deadline;
    if (flags.wait && isLate) return 'late';
    if (!flags.wait && startedAt !== undefined && Date.now() - startedAt > LOOK_FOR_MS) return found(false);
    await sleep(LOOK_EVERY_MS);
  }
}

interface Look {
  listens: boolean;
  allocation?: Allocation;
  /** The lease is held by what the wrapper has left behind. */
  isLeft?: boolean;
}

async function look(
  { coordinator }: Context,
  { port, lock_id: id }: Found['allocation'],
  isReady: (seen: Allocation) => boolean,
): Promise<Look> {
  if (id === undefined) return { listens: await listensBySystem(port) };
  const { allocation } = await coordinator.check(port).catch(() => ({ allocation: null }));
  if (allocation?.lock_id !== id) return { listens: false };
  return { allocation, listens: isReady(allocation), isLeft: allocation.holder.kind === 'process' };
}

/** @returns the exit code: the program's own, unless that would say that all is well */
function reportEnd(
  { out }: Context,
  { json = false }: RunFlags,
  name: string,
  { state: { ended } }: Detached,
  lines: readonly string[],
): number {
  const code = ended?.code ?? (ended?.signal ? 128 + constants.signals[ended.signal] : 1);
  const how = ended?.signal ? `died of ${ended.signal}` : `ended with code ${code}`;
  const error = new StyxyError('SERVICE_ENDED', `"${name}" ${how} instead of running on`, {
    why: said(lines),
    hint: `styxy logs ${name} shows all of it`,
    details: { exit_code: ended?.code ?? null, signal: ended?.signal ?? null, log_lines: lines },
  });
  reportError(error, out, { json, debug: false });
  return code === 0 ? 1 : code;
}

function slow(name: string, ms: number, lines: readonly string[]): StyxyError {
  return new StyxyError('TIMED_OUT', `"${name}" was started but did not listen within ${ms / 1000} s`, {
    why: said(lines),
    hint: `it goes on: styxy wait ${name} waits for it, styxy stop ${name} ends it`,
  });
}

function said(lines: readonly string[]): string {
  if (lines.length === 0) return 'it printed nothing';
  return `the last it printed is\n${lines.map((line) => `    | ${line}`).join('\n')}`;
}
