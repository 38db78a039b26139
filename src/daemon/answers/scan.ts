import type { Allocation } from '../../protocol/answers/allocation.ts';
import { provenanceOf } from '../../protocol/provenance.ts';
import { scanRange } from '../../protocol/scan-range.ts';
import type { PortState, ScanAnswer, ScannedPort } from '../../protocol/answers/ports.ts';
import type { ScanQuery } from '../../protocol/requests/queries.ts';
import { typeOfListener } from '../../settings/watched-ports.ts';
import { inSlices } from '../../system/slices.ts';
import type { Core } from '../core.ts';
import { toAllocation } from '../ledger/allocation.ts';

/** Every port of a range with a lease or a listener, from one observation: no port is probed. */
export async function scanPorts(
  { state, observer }: Pick<Core, 'state' | 'observer'>,
  query: ScanQuery = {},
): Promise<ScanAnswer> {
  const { leases, catalog, reserved } = state;
  const { from, to } = scanRange(query);
  const startedAt = performance.now();
  const seen = await observer.observe();

  function describe(port: number): ScannedPort {
    const listeners = [...seen.listenersOn(port)];
    // A lease has the ports that it drifted to, too.
    const holder = leases.at(port);
    const own = holder?.port === port ? holder : undefined;
    // This daemon may be a descendant of a run that has started it, and is nobody's service.
    const others = reserved.has(port) ? listeners.filter(({ pid }) => pid !== process.pid) : listeners;
    const lease = holder ?? others.map((listener) => seen.leaseOf(listener)).find(Boolean);
    const allocation = lease ? toAllocation(lease, seen.stateOf(lease)) : null;
    const type = own?.type ?? typeOfListener(port, catalog) ?? null;
    return {
      port,
      state: own?.port === port ? 'leased' : stateOf(port, allocation, type),
      service_type: type,
      allocation,
      listeners,
      ...provenanceOf(allocation, listeners[0]),
    };
  }

  function stateOf(port: number, elsewhere: Allocation | null, type: string | null): PortState {
    if (reserved.has(port)) return 'reserved';
    if (elsewhere) return elsewhere.state === 'drifted' ? 'drifted' : 'additional';
    return type === null ? 'unmanaged' : 'external';
  }

  const ports = new Set(seen.all().map(({ port }) => port));
  for (const { port } of leases.all()) ports.add(port);
  const inRange = [...ports].filter((port) => from <= port && port <= to).toSorted((a, b) => a - b);
  const scanned: ScannedPort[] = [];
  await inSlices(inRange, (port) => {
    const described = describe(port);
    // Its lease may have ended since the range was drawn up.
    if (described.allocation || described.listeners.length > 0) scanned.push(described);
  });
  return { from, to, ports: scanned, took_ms: Math.round(performance.now() - startedAt) };
}
