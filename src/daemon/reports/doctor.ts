import { join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import type { DoctorAnswer } from '../../protocol/answers/status.ts';
import { packageRoot } from '../../system/package-root.ts';
import { runTool } from '../../system/process/run-tool.ts';

/**
 * The checks of `styxy doctor`, by a process of its own: they belong to the command, judge the daemon from outside, and
 * nothing of them is to stay in it. Those who ask at the same time share one.
 */
export function createDoctor(): () => Promise<DoctorAnswer> {
  let running: Promise<DoctorAnswer> | undefined;
  return () => (running ??= examine().finally(() => (running = undefined)));
}

async function examine(): Promise<DoctorAnswer> {
  const text = await runTool(process.execPath, [join(packageRoot(), 'bin', 'styxy.js'), 'doctor', '--json']);
  if (text === undefined || text === '')
    throw new StyxyError('TIMED_OUT', 'styxy doctor has not answered', { hint: 'run styxy doctor' });
  return JSON.parse(text) as DoctorAnswer;
}
