import { readlinkSync } from 'node:fs';

/**
 * In which of the kernel's pid namespaces we run (Linux, pid_namespaces(7)): in another one, a container or a sandbox, the
 * same number is another process. Undefined where the system has none, or doesn't tell.
 */
export function pidNamespace(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** A namespace that was told is not ours: its pids mean nothing here. Not told, it counts as ours. */
export function isForeignNamespace(told: string | undefined, own = pidNamespace()): boolean {
  return told !== undefined && own !== undefined && told !== own;
}
