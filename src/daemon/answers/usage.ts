import { processOf, type Lease, type ProcessId } from '../../domain/lease.ts';
import type { UsageAnswer } from '../../protocol/answers/status.ts';
import { usageOfTree } from '../../system/process/tree-usage.ts';
import { inSlices } from '../../system/slices.ts';
import type { Core } from '../core.ts';

/** Memory and processor time of what runs with each lease, as far as its program is known and can be seen. */
export async function usageOfLeases({
  state,
  machine,
}: Pick<Core, 'state' | 'machine'>): Promise<UsageAnswer> {
  const usages: UsageAnswer['usages'] = [];
  await inSlices([...state.leases.all()], (lease) => {
    const program = programOf(lease);
    const usage = program && machine.isAlive(program) ? usageOfTree(program.pid) : undefined;
    if (!usage) return;
    const { processes, memory, cpuMs } = usage;
    usages.push({ lock_id: lease.id, processes, memory, cpu_ms: cpuMs });
  });
  return { usages };
}

/** A pid alone may be another process by now. */
function programOf({ service, holds: [{ holder }] }: Lease): ProcessId | undefined {
  if (service?.startTime !== undefined) return { pid: service.pid, startTime: service.startTime };
  return holder.kind === 'process' ? processOf(holder) : undefined;
}
