import { inSlices } from '../slices.ts';
import { environmentVariableOf } from './environment.ts';
import { identify, type ProcessIdentity } from './identity.ts';
import { listPids } from './proc-scan.ts';

/**
 * All processes that were started with this environment variable, by its value, in one pass over /proc. For one value
 * `findMarked` does the same; for hundreds of them it would read every process hundreds of times. Linux only.
 */
export async function findAllMarked(name: string): Promise<Map<string, ProcessIdentity[]>> {
  const found = new Map<string, ProcessIdentity[]>();
  await inSlices(await listPids(), (pid) => {
    const value = environmentVariableOf(pid, name);
    const process = value === undefined ? undefined : identify(pid);
    if (value !== undefined && process) found.set(value, [...(found.get(value) ?? []), process]);
  });
  return found;
}
