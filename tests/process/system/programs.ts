import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export interface Program {
  child: ChildProcess;
  pid: number;
  /** The next line that it prints. */
  line: () => Promise<string>;
}

/** Starts a program, in a process group of its own, that is killed with all its group when the test is over. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Program {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => killGroup(child.pid));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${command} ended without printing what was awaited`);
    return value;
  };
  return { child, pid: child.pid ?? Number.NaN, line };
}

/** Starts a node program given as text. */
export function startNode(script: string, options: SpawnOptions = {}): Program {
  return start(process.execPath, ['-e', script], options);
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

export async function ended({ child }: Program): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return [child.exitCode, child.signalCode];
}

/** Looks again and again until there is an answer; the test's own time limit ends it. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (;;) {
    const answer = await look();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(5);
  }
}
