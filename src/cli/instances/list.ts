import { formatDuration } from '../../base/duration.ts';
import type { InstanceRecord } from '../../protocol/answers/instance.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../print/listeners.ts';
import { table } from '../print/table.ts';

export async function execute({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const answer = await coordinator.listInstances();
  if (json) out.json(answer);
  else if (answer.instances.length === 0)
    out.note('No instances. Agents register themselves; others with: styxy instances register');
  else {
    const headings = [
      'INSTANCE',
      'PORTS',
      'PROCESS',
      'LAST SEEN',
      { heading: 'DIRECTORY', cut: 'start', least: 16 } as const,
    ];
    out.data(table(headings, answer.instances.map(row), out));
  }
  return 0;
}

function row(instance: InstanceRecord): string[] {
  const { instance_id, process_id, last_heartbeat, working_directory, active_allocations } = instance;
  return [
    instance_id,
    active_allocations.map(({ port }) => port).join(', ') || '-',
    process_id === null ? '-' : String(process_id),
    `${formatDuration(Date.now() - Date.parse(last_heartbeat))} ago`,
    working_directory === null ? '-' : shortPath(working_directory),
  ];
}
