import type { RememberedService } from '../../protocol/answers/remembered.ts';
import { ago, shortPath } from '../print/listeners.ts';
import type { Output } from '../print/output.ts';
import { table } from '../print/table.ts';

const COLUMNS = [
  'PORT',
  { heading: 'ALSO', spare: 3 },
  { heading: 'SERVICE', cut: 'end', least: 16 },
  { heading: 'TYPE', spare: 1 },
  { heading: 'PROJECT', cut: 'start', least: 14 },
  'LISTENED',
] as const;

/** The services whose ports are kept for them. */
export function printRemembered(remembered: readonly RememberedService[], out: Output): void {
  if (remembered.length === 0) return out.note('No port is kept for a service that does not run.');
  const byPort = remembered.toSorted((a, b) => (a.ports[0] ?? 0) - (b.ports[0] ?? 0));
  const rows = byPort.map(({ ports: [first, ...more], ...service }) => [
    out.paint('bold', String(first)),
    more.join(', ') || '-',
    service.service_name,
    service.service_type,
    service.project_path === null ? 'all of this machine' : shortPath(service.project_path),
    service.live ? out.paint('green', 'has a lease') : lastTime(service),
  ]);
  out.data(table(COLUMNS, rows, out));
}

/** `web (dev, ~/shop)` */
export function keptWords({
  service_name: name,
  service_type: type,
  project_path: path,
}: RememberedService): string {
  return `${name} (${path === null ? type : `${type}, ${shortPath(path)}`})`;
}

function lastTime({
  last_listened_at: time,
  promised,
}: Pick<RememberedService, 'last_listened_at' | 'promised'>): string {
  if (promised) return 'not yet, told to its project';
  return time === null ? '-' : ago(time);
}
