import type { WireListener } from '../../protocol/answers/listener.ts';
import type { ScannedPort } from '../../protocol/answers/ports.ts';
import type { ScanQuery } from '../../protocol/requests/queries.ts';
import type { Context } from '../context.ts';
import { ago, holderOf, ORIGIN_COLUMNS, originCells, shorten, shortPath } from '../print/listeners.ts';
import type { Output } from '../print/output.ts';
import { table } from '../print/table.ts';

export async function execute(
  { coordinator, out }: Context,
  { range = {}, json }: { range?: ScanQuery; json?: boolean },
): Promise<number> {
  const answer = await coordinator.scan(range);
  if (json) out.json(answer);
  else if (answer.ports.length === 0) out.note(`No lease and no listener on ${answer.from}-${answer.to}.`);
  else out.data(describe(answer.ports, out));
  return 0;
}

const COLUMNS = [
  'PORT',
  { heading: 'ADDRESS', spare: 4 },
  'STATE',
  { heading: 'SERVICE', cut: 'end', least: 8 },
  ...ORIGIN_COLUMNS,
  { heading: 'WHO', cut: 'end', least: 16 },
] as const;

function describe(ports: readonly ScannedPort[], out: Output): string {
  const all = ports.flatMap((each) => rows(each, out));
  return table(COLUMNS, all, out);
}

/** One row for each listener; for a lease that nobody uses yet, what the lease says. */
function rows(scanned: ScannedPort, out: Output): string[][] {
  const { port, state, allocation, listeners, service_type: type } = scanned;
  const first = [out.paint('bold', String(port))];
  const what = [colourful(state, out), allocation?.service_name ?? type ?? '-'];
  if (listeners.length === 0 && allocation) {
    const { process_id: pid, project_path: path, branch, allocated_at: since, command } = allocation;
    const origin = [
      pid === null ? '-' : String(pid),
      '-',
      path ? shortPath(path) : '-',
      branch ?? '-',
      ago(since),
    ];
    return [[...first, '-', ...what, ...origin, shorten(command ?? '-')]];
  }
  const isOutsider = ({ pid, address }: WireListener): boolean =>
    allocation?.outsiders?.some((each) => each.pid === pid && each.address === address) === true;
  return listeners.map((listener) => [
    ...first,
    listener.address,
    ...(isOutsider(listener) ? [colourful('external', out), type ?? '-'] : what),
    ...originCells(listener),
    holderOf(listener),
  ]);
}

function colourful(state: ScannedPort['state'], out: Output): string {
  if (state === 'leased') return out.paint('green', state);
  return state === 'external' || state === 'drifted' ? out.paint('yellow', state) : state;
}
