import { constants } from 'node:os';
import { inWords } from '../../base/short-text.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { othersOfRun } from '../../protocol/same-run.ts';
import { runDetached, type DetachParts, type DetachResult, type RunningService } from '../../run/detached.ts';
import { createReadyCheck, describeDrift, isListening } from '../../run/leases/readiness.ts';
import { waitUntil } from '../../run/leases/wait-until.ts';
import { serviceLogPath } from '../../system/service-log.ts';
import { lastPrinted } from '../../run/child/service-log.ts';
import { rememberStart } from '../../run/child/service-start.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { Context } from '../context.ts';
import { reportError } from '../print/error.ts';
import { during } from '../print/progress/waits.ts';
import { backgroundArguments, type RunFlags } from './flags.ts';
import { describeRunning, notReady } from './running.ts';

/** `styxy run --detach`: makes sure that the service runs, in the background, and says where. @returns the exit code */
export async function detach(
  context: Context,
  plan: RunPlan,
  flags: RunFlags,
  words: readonly string[],
): Promise<number> {
  const startedAt = performance.now();
  const result = await startDetached(context, plan, flags, words);
  if (result.is === 'running') {
    const leftMs = Math.max(0, flags.timeout - (performance.now() - startedAt));
    const told = await serviceOf(context, result, flags, leftMs);
    return printService(context, flags, plan.serviceName, told);
  }
  const error = problemOf(result, plan.serviceName, flags.timeout);
  if (result.is !== 'ended') throw error;
  reportError(error, context.out, { json: flags.json ?? false, debug: false });
  // The program's own code, unless that would say that all is well.
  return exitCodeOf(result.how) || 1;
}

/** The run with the lease of the service that is asked for, if another one of the command was meant. */
async function serviceOf(
  { coordinator, changes, out }: Context,
  run: RunningService,
  { about, wait = false, timeout }: RunFlags,
  leftMs: number,
): Promise<RunningService> {
  const own = run.allocation;
  if (about === undefined || own.lock_id === undefined || own.service_name === about) return run;
  const isReady = createReadyCheck();
  const ask = async (): Promise<Allocation | undefined> => {
    const { allocations } = await coordinator.list();
    const others = othersOfRun(own as Allocation, allocations);
    const found = others.find(({ service_name: name }) => name === about);
    return found && (!wait || isReady(found)) ? found : undefined;
  };
  const timeoutMs = wait ? leftMs : 0;
  const found = await during(
    out,
    () => `${about} to listen`,
    () => waitUntil(ask, { timeoutMs, wakeUps: [changes] }),
  );
  if (wait && !found) throw slow(about, timeout, []);
  return found ? { ...run, allocation: found, ready: isListening(found) } : run;
}

/** The same without a word. */
export async function startDetached(
  context: Context,
  plan: RunPlan,
  flags: RunFlags,
  words: readonly string[],
): Promise<DetachResult> {
  const { coordinator, changes, paths, command } = context;
  let port: number | undefined;
  const again = flags.about === undefined ? '' : ' again';
  const what = (): string =>
    `${plan.serviceName} to ${flags.wait ? 'listen' : 'start'}${again}${port === undefined ? '' : ` on port ${port}`}`;
  const parts: DetachParts = {
    plan,
    coordinator,
    changes,
    paths,
    place: context,
    wrapperArguments: (ifRunning) => backgroundArguments(flags, ifRunning, words, command),
    wait: flags.wait ?? false,
    timeoutMs: flags.timeout,
    onStarted: (given) => (port = given),
  };
  const result = await during(context.out, what, () => runDetached(parts));
  if (result.is !== 'running') return result;
  const { pid, log, existing } = result;
  if (!existing && pid !== null && log !== null) {
    // Which service of the run was asked about is no matter of how it is started.
    const { about: _, ...kept } = flags;
    const start = { pid, cwd: context.cwd, flags: kept, words, command };
    const project = plan.ports[0].project_path;
    // Any of them stands for the whole run.
    for (const name of Object.keys(result.ports))
      await rememberStart(serviceLogPath(paths, project, name), { ...start, log });
    await rememberStart(log, start);
  }
  return result;
}

/** Why the service is not there as it was asked for. */
export function problemOf(
  result: Exclude<DetachResult, RunningService>,
  name: string,
  timeoutMs: number,
): StyxyError {
  if (result.is === 'not ready') return notReady(result.allocation, timeoutMs);
  if (result.is === 'late') return slow(name, timeoutMs, result.lines);
  return ended(name, result.how, result.lines);
}

function printService({ out }: Context, flags: RunFlags, name: string, service: RunningService): number {
  const { is: _, allocation, ...rest } = service;
  if (!flags.quiet || allocation.lock_id === undefined)
    out.note(`${out.paintNote('dim', 'styxy:')} ${summary(service, name)}`);
  if (flags.json) out.json({ success: true, ...allocation, ...rest });
  else out.line(allocation.url);
  return 0;
}

function summary({ allocation, existing, pid, ports }: RunningService, name: string): string {
  // Without a daemon there is no lease to find it by.
  if (allocation.lock_id === undefined)
    return (
      `no daemon: ${name} runs in the background (pid ${pid}) on a port that is not reserved; ` +
      `styxy logs ${name} shows its output, kill ${pid} ends it`
    );
  if (existing) return describeRunning(allocation as Allocation);
  const drift = describeDrift(allocation as Allocation);
  const logs = `styxy logs ${name} shows its output`;
  // Its own port was given back: what runs inside of it serves.
  const { kind, pid: wrapper = pid } = allocation.holder ?? {};
  if (kind === 'connection' && wrapper !== pid)
    return `${allocation.service_name} runs in the background, in a run of its own inside ${name} (pid ${pid}): ${logs}, styxy stop --all ends both`;
  const all = Object.entries(ports);
  if (all.length > 1 && !drift) return severalRun(all, pid);
  return `${drift ? `${drift}; it` : name} runs in the background (pid ${pid}): ${logs}, styxy stop ${name} ends it`;
}

function severalRun(all: readonly [name: string, port: number][], pid: number | null): string {
  const names = all.map(([name]) => name);
  const places = all.map(([name, port]) => `${name} on ${port}`);
  return (
    `${inWords(places)} run in the background (pid ${pid}): ` +
    `styxy logs ${names[0]} shows their output, styxy stop ${names.join(' ')} ends them`
  );
}

/** As a shell counts. */
function exitCodeOf(how: ExitStatus | undefined): number {
  return how?.code ?? (how?.signal ? 128 + constants.signals[how.signal] : 1);
}

function ended(name: string, how: ExitStatus | undefined, lines: readonly string[]): StyxyError {
  const end = how?.signal ? `died of ${how.signal}` : `ended with code ${exitCodeOf(how)}`;
  return new StyxyError('SERVICE_ENDED', `"${name}" ${end} instead of running on`, {
    why: lastPrinted(lines),
    hint: `styxy logs ${name} shows all of it`,
    details: { exit_code: how?.code ?? null, signal: how?.signal ?? null, log_lines: lines },
  });
}

function slow(name: string, ms: number, lines: readonly string[]): StyxyError {
  return new StyxyError('TIMED_OUT', `"${name}" was started but did not listen within ${ms / 1000} s`, {
    why: lastPrinted(lines),
    hint: `it goes on: styxy wait ${name} waits for it, styxy stop ${name} ends it`,
  });
}
