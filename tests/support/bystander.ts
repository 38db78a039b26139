import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A process that does nothing until it is killed; at the latest with the calling test. */
export function bystander(): { pid: number; end(): Promise<void> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    pid: child.pid ?? -1,
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
