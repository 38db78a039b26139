import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 5000;

/**
 * What a program of the system prints; blocks until it ends, 10-15 ms for `ps`.
 * Undefined when the program is missing, fails, or has not answered in 5 s. Messages in English, times in UTC.
 */
export function runToolSync(program: string, args: readonly string[]): string | undefined {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
    windowsHide: true,
    maxBuffer: 64 * 1024 * 1024,
  });
  return result.status === 0 ? result.stdout : undefined;
}
