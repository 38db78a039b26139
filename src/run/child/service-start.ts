import { readTextOrNothing } from '../../system/files/read-text.ts';
import { replaceFile } from '../../system/files/replace.ts';
import { startFileOf } from '../../system/service-log.ts';

/** How a service was started with `--detach`, so that it can be started again. */
export interface ServiceStart {
  /** The wrapper. */
  pid: number;
  cwd: string;
  flags: Readonly<Record<string, unknown>>;
  /** What stood before `--`, and what behind it. */
  words: readonly string[];
  command: readonly string[] | undefined;
  /** The `styxy up` that has started it, and ends it; only that one starts it again. */
  attachedTo?: number;
  /** It has ended because somebody has asked for it. */
  stopped?: true;
  /** It is to be started again as soon as it has ended. */
  restart?: true;
  /** The log of the run, where another service of it was named first. */
  log?: string;
}

/** The wrapper and its starter may write at the same time, each with a draft of its own. */
export function rememberStart(log: string, start: ServiceStart): Promise<void> {
  const file = startFileOf(log);
  return replaceFile(file, JSON.stringify(start), 0o600, `${file}.${process.pid}.new`);
}

export function recallStart(log: string): ServiceStart | undefined {
  try {
    return JSON.parse(readTextOrNothing(startFileOf(log)) ?? '') as ServiceStart;
  } catch {
    return undefined;
  }
}

/** @param pid of the wrapper, which calls this itself as a rule */
export async function noteStopped(log: string, pid = process.pid): Promise<void> {
  const start = recallStart(log);
  if (start?.pid === pid) await rememberStart(log, { ...start, stopped: true }).catch(() => undefined);
}
