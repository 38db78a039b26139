import type { ReadyService } from '../../up/events.ts';
import type { Output } from '../print/output.ts';
import { table } from '../print/table.ts';

/** Where all services are. It is data where nothing else is. */
export function readyTable(services: readonly ReadyService[], out: Output, isData: boolean): void {
  const paint = isData ? out.paint : out.paintNote;
  const withNames = services.some(({ allocation }) => nameUrlOf(allocation) !== undefined);
  const rows = services.flatMap(({ name, allocation, ports, existing, afterMs }) => [
    [
      paint('bold', name),
      ...(withNames ? [paint('cyan', nameUrlOf(allocation) ?? '-')] : []),
      withNames ? allocation.url : paint('cyan', allocation.url),
      existing ? 'ran already' : `${(afterMs / 1000).toFixed(1)} s`,
    ],
    ...Object.entries(ports)
      .filter(([, port]) => port !== allocation.port)
      .map(([further, port]) => [
        paint('bold', further),
        ...(withNames ? ['-'] : []),
        `http://localhost:${port}`,
        `with ${name}`,
      ]),
  ]);
  const columns = ['SERVICE', ...(withNames ? ['NAME'] : []), 'URL', 'READY AFTER'];
  const text = table(columns, rows, { paint, width: undefined });
  if (isData) out.data(text);
  else text.split('\n').forEach((line) => out.note(line));
}

/** The service's own name, where it has one. */
function nameUrlOf(allocation: object): string | undefined {
  const url = 'name_url' in allocation ? allocation.name_url : undefined;
  return typeof url === 'string' ? url : undefined;
}
