import { statSync } from 'node:fs';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { logInUse, serviceLogPath, sizeOfLog, tailOfLog } from '../../system/service-log.ts';
import { findLease, isPortWord } from '../../run/leases/find-lease.ts';
import { hereOf } from '../../run/plan/here.ts';
import type { Context } from '../context.ts';
import { programLine } from '../print/program-output.ts';
import { printBytes } from '../print/write-all.ts';
import { LEFT, namedOrChosenLog } from './choose/choose-service.ts';
import { upServiceCalled } from './choose/not-running.ts';

interface Flags {
  follow?: boolean;
  lines: number;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, words: string[]): Promise<number> {
  const chosen = await namedOrChosenLog(context, words, flags);
  if (!chosen) return LEFT;
  const [what] = chosen;
  if (what === undefined) return (await import('./logs-of-all.ts')).printAllLogs(context, flags);
  const { log, from, ...about } = await lastLines(context, what, flags.lines);
  if (flags.json) {
    context.out.json({ service_name: about.service_name, log, lines: about.lines });
    return 0;
  }
  const { exact, dataIsRead } = context.out;
  for (const line of about.lines) exact(dataIsRead ? programLine(line) : line);
  if (flags.follow) await follow(log, from, dataIsRead);
  return 0;
}

/** What a service in the background has printed; `from`: where its log ended then. @throws StyxyError NOT_LOGGED, USAGE */
export async function lastLines(
  context: Context,
  what: string,
  count: number,
): Promise<{ service_name: string; log: string; lines: string[]; from: number }> {
  const { name, file } = await findLog(context, what);
  const from = sizeOfLog(file);
  return { service_name: name, log: file, lines: tailOfLog(file, count), from };
}

/** The log of a lease that is meant, else, since a log outlives its service, of a service of this worktree. */
async function findLog(context: Context, what: string): Promise<{ name: string; file: string }> {
  const { cwd, paths, runningDaemon } = context;
  const here = hereOf(cwd);
  const lease = await findLease(runningDaemon, what, here).catch((error: unknown) => {
    const isUnclear = error instanceof StyxyError && error.code === 'USAGE';
    if (isUnclear || isPortWord(what)) throw error;
    return undefined;
  });
  const name = lease?.service_name ?? what;
  const own = serviceLogPath(paths, lease?.project_path ?? here.path, name);
  const file = logInUse(own, (pid) => !lease || lease.holder.pid === pid);
  if (exists(file)) return { name, file };
  throw notLogged(name, here.path, lease, await upServiceCalled(context, name));
}

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

/**
 * Prints what is added until its output is closed. Ctrl-C ends it, as it ends any program.
 * @param isTerminal a line is shown when its end is there; otherwise bytes as they come
 */
async function follow(file: string, from: number, isTerminal: boolean): Promise<void> {
  const { followBytes, followLog } = await import('../../up/log-lines.ts');
  return new Promise((resolve) => {
    const print = (bytes: Buffer): void => {
      if (printBytes(bytes)) return;
      log.close();
      resolve();
    };
    const log = isTerminal
      ? followLog(file, from, (line) => print(Buffer.from(`${programLine(line)}\n`)))
      : followBytes(file, from, print);
  });
}

function notLogged(
  service: string,
  here: string,
  running: Allocation | undefined,
  ofUp: string | undefined,
): StyxyError {
  return new StyxyError('NOT_LOGGED', `there is no output of "${service}"`, {
    why: running
      ? `it runs (pid ${running.process_id}) without --detach, so its output is where it was started`
      : `${here} has never started it with --detach`,
    hint:
      ofUp === undefined ? `styxy run --detach --name ${service} -- <command>` : `styxy up --detach ${ofUp}`,
  });
}
