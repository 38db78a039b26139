import type { AutoAllocatedType } from '../../../protocol/answers/config.ts';
import type { Context } from '../../context.ts';
import { table } from '../../print/table.ts';

export async function execute({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const { enabled, types } = await coordinator.autoAllocation();
  if (json) out.json({ enabled, types });
  else if (types.length === 0) out.note('No service type has been made by auto-allocation.');
  else {
    const headings = ['TYPE', 'PORTS', 'LEASED', 'FREE', 'RULE'];
    out.data(table(headings, types.map(row), out));
  }
  return 0;
}

function row({ service_type: name, range, leases, free, rule }: AutoAllocatedType): string[] {
  const ports = leases.map(({ port }) => port);
  const shown =
    ports.length > 5 ? `${ports.slice(0, 5).join(', ')}, ... (${ports.length})` : ports.join(', ');
  return [name, range.join('-'), shown || '-', String(free), rule ?? '-'];
}
