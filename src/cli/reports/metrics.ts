import type { Context } from '../context.ts';

export async function execute({ reports, out }: Context, { json }: { json?: boolean }): Promise<number> {
  if (json) out.json(await reports.metricsAsJson());
  else out.exact((await reports.metrics()).trimEnd());
  return 0;
}
