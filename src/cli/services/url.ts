import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { speaksHttp } from '../../settings/service-address.ts';
import { hereOf } from '../../run/plan/here.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';
import { LEFT, namedOrChosen } from './choose/choose-service.ts';
import { explainNotRunning } from './choose/not-running.ts';

export async function execute(
  context: Context,
  { json, name: byName }: { json?: boolean; name?: boolean },
  words: string[],
): Promise<number> {
  const { coordinator, cwd, out } = context;
  const chosen = await namedOrChosen(context, words, { json }, 'The address of which service?');
  if (!chosen) return LEFT;
  const [what] = chosen;
  const here = { ...hereOf(cwd), ofMachine: true } as const;
  const lease = await findLease(coordinator, what, here).catch(async (error: unknown) => {
    throw what === undefined ? error : await explainNotRunning(context, error, what);
  });
  const { service_name, port, url, name_url } = lease;
  if (json) out.json({ service_name, port, url, name_url });
  else if (byName && name_url === null) throw unnamed(lease);
  else out.line(byName && name_url !== null ? name_url : url);
  return 0;
}

function unnamed({ service_name, service_type, port }: Allocation): StyxyError {
  const why = speaksHttp(service_type)
    ? 'names were switched off when it was started: by STYXY_NAMES=0, or by "names": false in a configuration'
    : `services of type ${service_type} do not speak HTTP`;
  return new StyxyError('NO_NAME', `${service_name ?? `port ${port}`} has no host name`, { why });
}
