import { join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import type { DoctorAnswer } from '../../protocol/answers/status.ts';
import { packageRoot } from '../../system/package-root.ts';
import { runTool } from '../../system/process/run-tool.ts';

/** Some of its checks wait for tools of the system, each for up to 5 s. Less than the dashboard waits. */
const TIMEOUT_MS = 20_000;

/**
 * The checks of `styxy doctor`, by a process of its own: they belong to the command, judge the daemon from outside, and
 * nothing of them is to stay in it. Those who ask at the same time share one.
 */
export function createDoctor(): () => Promise<DoctorAnswer> {
  let running: Promise<DoctorAnswer> | undefined;
  return () => (running ??= examine().finally(() => (running = undefined)));
}

async function examine(): Promise<DoctorAnswer> {
  const command = [join(packageRoot(), 'bin', 'styxy.js'), 'doctor', '--json'];
  const text = await runTool(process.execPath, command, { timeoutMs: TIMEOUT_MS, env: {} });
  if (text === undefined || text === '')
    throw new StyxyError('TIMED_OUT', 'styxy doctor has not answered', { hint: 'run styxy doctor' });
  return understood(text);
}

/** @throws StyxyError INTERNAL: it has ended with an error, or is of another version by now */
export function understood(text: string): DoctorAnswer {
  try {
    const answer = JSON.parse(text) as Partial<DoctorAnswer>;
    if (Array.isArray(answer.checks)) return answer as DoctorAnswer;
  } catch {
    // The same as an answer without checks.
  }
  throw new StyxyError('INTERNAL', 'styxy doctor has answered something else than its checks', {
    why: text.slice(0, 200),
    hint: 'run styxy doctor',
  });
}
