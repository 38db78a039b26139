import { withoutFolders } from '../../base/short-text.ts';
import type { RunLease } from '../../run/leases/obtain.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { Output } from '../print/output.ts';
import { table } from '../print/table.ts';

const LONGEST_LABEL = 40;

function shortLabel(label: string): string {
  const text = withoutFolders(label);
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

/** For people: the servers of a run, one a line: name, address, program, and why it has this port. */
export function serverLines(
  { ports, allocations }: Pick<RunLease, 'ports' | 'allocations'>,
  { labels }: Pick<RunPlan, 'labels'>,
  out: Pick<Output, 'paintNote'>,
): string[] {
  const rows = ports.map(({ name, port }, index) => {
    const { service_name, url, reason } = allocations[index] ?? {};
    const address = out.paintNote('cyan', url ?? `localhost:${port}`);
    const why = reason ? out.paintNote('dim', reason.text) : '';
    return [service_name ?? name, address, shortLabel(labels[index] ?? ''), why];
  });
  return table(['', '', '', ''], rows).split('\n').slice(1);
}

/** For people: the servers that did not get the port they are meant to have, where nobody reads the others. */
export function unmetWishes(
  { ports, allocations }: Pick<RunLease, 'ports' | 'allocations'>,
  { ports: requests }: Pick<RunPlan, 'ports'>,
): string[] {
  return ports.flatMap(({ name, port }, index) => {
    const wish = requests[index]?.preferred_port;
    if (wish === undefined || wish === port) return [];
    const { service_name, url, reason } = allocations[index] ?? {};
    const where = url ?? `localhost:${port}`;
    return [`${reason?.text ?? `${wish} is not free`}, so ${service_name ?? name} runs on ${where}`];
  });
}
