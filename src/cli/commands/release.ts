import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [what = '']: string[],
) {
  const released = await coordinator.release(/^\d+$/.test(what) ? await lockIdOf(coordinator, what) : what);
  if (json) out.json({ success: true, ...released });
  else out.note(`released ${released.port} (${released.service_name ?? released.service_type})`);
  return 0;
}

async function lockIdOf(coordinator: Coordinator, text: string): Promise<string> {
  const { allocation, available, port, reason } = await coordinator.check(
    parsePort(text, 'the port to release'),
  );
  if (allocation) return allocation.lock_id;
  throw new StyxyError('LEASE_NOT_FOUND', `port ${port} has no lease`, {
    why: available ? 'nothing is leased there' : reason,
  });
}
