import { hereOf } from '../../run/plan/here.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, cwd, out }: Context,
  { json }: { json?: boolean },
  [what]: string[],
): Promise<number> {
  const lease = await findLease(coordinator, what, { ...hereOf(cwd), ofMachine: true });
  const { service_name, port, url } = lease;
  if (json) out.json({ service_name, port, url });
  else out.line(url);
  return 0;
}
