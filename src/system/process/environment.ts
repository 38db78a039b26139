import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A variable of the environment a process was started with. Undefined when it has none, has ended, belongs to another
 * user, or where the system doesn't tell (only Linux does).
 */
export function environmentVariableOf(pid: number, name: string): string | undefined {
  const environment = process.platform === 'linux' ? environmentOf(pid) : undefined;
  return environment === undefined ? undefined : variableIn(environment, name);
}

/** A /proc/PID/environ (Linux): `name=value`, with a NUL behind each. Undefined when it can't be read. */
export function environmentOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return undefined;
  }
}

export function variableIn(environment: string, name: string): string | undefined {
  const prefix = `${name}=`;
  const entry = environment.split('\0').find((each) => each.startsWith(prefix));
  return entry?.slice(prefix.length);
}

/**
 * In execve(2) there is a moment when the old program has gone and the new one has neither environment nor arguments
 * yet. A zombie and a thread of the kernel have none either, but no program at all.
 */
export function isChangingProgram(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
  } catch {
    return false;
  }
}
