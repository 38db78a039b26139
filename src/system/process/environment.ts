import { readFileSync } from 'node:fs';

/**
 * A variable of the environment a process was started with. Undefined when it has none, has ended, belongs to another
 * user, or where the system doesn't tell (only Linux does).
 */
export function environmentVariableOf(pid: number, name: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const prefix = `${name}=`;
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return entries.find((entry) => entry.startsWith(prefix))?.slice(prefix.length);
  } catch {
    return undefined;
  }
}
