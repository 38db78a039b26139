import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { rootNamed } from '../../system/paths.ts';
import { networkOf, ownNetwork } from '../../system/network-namespace.ts';
import { environmentOf, variableIn } from '../../system/process/environment.ts';
import { listPids } from '../../system/process/proc-stat.ts';

/**
 * Ports of living programs that were started with a lease of this home. Asked by a daemon that finds no state at all:
 * somebody has removed it under live runs, whose wrappers will come back with their leases in a moment.
 * Linux only: elsewhere nobody tells what a process was started with.
 */
export async function portsOfMarked(home: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const ports = (await listPids()).map((pid) => {
    const environment = environmentOf(pid) ?? '';
    const variable = (name: string): string | undefined => variableIn(environment, name);
    if (
      !variable(LEASE_MARKER) ||
      rootNamed(variable('STYXY_HOME'), variable('HOME') || '/') !== home ||
      networkOf(pid) !== ownNetwork()
    )
      return NaN;
    return Number(variable('STYXY_PORT'));
  });
  return ports.filter((port) => port > 0);
}
