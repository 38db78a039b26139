import type { Context } from '../context.ts';

export async function execute({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const answer = await coordinator.cleanup();
  if (json) out.json(answer);
  else {
    const ports = answer.released.map(({ port }) => port);
    out.note(ports.length > 0 ? `released ${ports.join(', ')}` : 'every lease has its holder');
  }
  return 0;
}
