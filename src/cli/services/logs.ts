import { statSync, writeSync } from 'node:fs';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import { readLog, serviceLogPath, sizeOfLog, tailOfLog } from '../../run/child/service-log.ts';
import { sleep } from '../../system/sleep.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

const LOOK_EVERY_MS = 200;

interface Flags {
  follow?: boolean;
  lines: number;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, [service = '']: string[]): Promise<number> {
  const project = findWorktree(context.cwd).path;
  const file = serviceLogPath(context.paths, project, service);
  if (!statSync(file, { throwIfNoEntry: false })) throw await notLogged(context, service, project);
  const from = sizeOfLog(file);
  const lines = tailOfLog(file, flags.lines);
  if (flags.json) {
    context.out.json({ service_name: service, log: file, lines });
    return 0;
  }
  for (const line of lines) context.out.data(line);
  if (flags.follow) await follow(file, from);
  return 0;
}

/** Prints what is added until nobody reads it any more. Ctrl-C ends it, as it ends any program. */
async function follow(file: string, from: number): Promise<void> {
  let position = from;
  for (;;) {
    const size = sizeOfLog(file);
    // It was begun anew.
    if (size < position) position = 0;
    const added = readLog(file, position, size);
    position += added.length;
    if (!print(added)) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** @returns whether somebody reads */
function print(bytes: Buffer): boolean {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}

async function notLogged({ runningDaemon }: Context, service: string, project: string): Promise<StyxyError> {
  const { allocations } = await runningDaemon.list({ project }).catch(() => ({ allocations: [] }));
  const running = allocations.find(({ service_name: name }) => name === service);
  return new StyxyError('NOT_LOGGED', `there is no output of "${service}"`, {
    why: running
      ? `it runs (pid ${running.process_id}) without --detach, so its output is where it was started`
      : `${project} has never started it with --detach`,
    hint: `styxy run --detach --name ${service} -- <command>`,
  });
}
