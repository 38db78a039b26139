import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Ending } from '../../run/leases/end-services.ts';
import { askYesNo } from '../print/ask.ts';
import { shortPath } from '../print/listeners.ts';
import type { Output } from '../print/output.ts';

/* What is of the same run as a service that was named, and ends or starts again with it. */

type Told = Pick<Allocation, 'port' | 'service_name'> & Partial<Allocation>;

/** `web (port 3000) of ~/shop`. @param here the worktree that goes without saying */
export function leaseWords(lease: Told, here: string | undefined): string {
  const { port, service_name: name, service_type: type, actual_ports: ports = [], project_path } = lease;
  const place = ports.length > 0 && !ports.includes(port) ? `${ports.join(', ')} instead of ${port}` : port;
  const isHere = project_path === undefined || project_path === null || project_path === here;
  return `${name ?? type ?? 'a service'} (port ${place})${isHere ? '' : ` of ${shortPath(project_path)}`}`;
}

/** @param what the verbs of one and of several: ["ends", "end"] */
export function noteAlong(
  out: Output,
  leases: readonly Told[],
  [one, several]: readonly [string, string],
  here?: string,
): void {
  if (leases.length === 0) return;
  const names = leases.map((lease) => leaseWords(lease, here)).join(' and ');
  out.note(
    `${names} ${leases.length === 1 ? `is of the same run, and ${one}` : `are of the same run, and ${several}`} with it`,
  );
}

/**
 * Says what ends without having been named, and asks at a terminal before it does.
 * @param isAll asked about whatever ends; undefined: only about more than what was named
 */
export async function agreeToStop(
  out: Output,
  endings: readonly Ending[],
  { isAll = false, isAgreed, here }: { isAll?: boolean; isAgreed: boolean; here: string },
): Promise<boolean> {
  noteEndsAlong(out, endings, here);
  const isMore = endings.some(({ isAlong }) => isAlong);
  if (isAgreed || endings.length === 0 || (!isAll && !isMore)) return true;
  return askYesNo(stopQuestion(endings, here));
}

/** What ends without having been named. */
export function noteEndsAlong(out: Output, endings: readonly Ending[], here: string): void {
  const along = endings.filter(({ isAlong }) => isAlong).map(({ lease }) => lease);
  noteAlong(out, along, ['ends', 'end'], here);
}

export const stopQuestion = (endings: readonly Ending[], here: string): string =>
  `stop ${endings.map(({ lease }) => leaseWords(lease, here)).join(', ')}?`;
