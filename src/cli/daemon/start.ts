import type { Context } from '../context.ts';

export async function execute({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const status = await coordinator.status();
  if (json) out.json(status);
  else out.note(`the daemon runs (pid ${status.pid}, version ${status.version})`);
  return 0;
}
