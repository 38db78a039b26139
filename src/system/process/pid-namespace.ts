import { readlinkSync } from 'node:fs';

/** A process stays in its namespace for life: unshare(2) and setns(2) move only the children that it has later. */
const OWN = readOwn();

function readOwn(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/**
 * In which of the kernel's pid namespaces we run (Linux, pid_namespaces(7)): in another one, a container or a sandbox, the
 * same number is another process. Undefined where the system has none, or doesn't tell.
 */
export const pidNamespace = (): string | undefined => OWN;

/** A namespace that was told is not ours: its pids mean nothing here. Not told, it counts as ours. */
export function isForeignNamespace(told: string | undefined, own = OWN): boolean {
  return told !== undefined && own !== undefined && told !== own;
}
