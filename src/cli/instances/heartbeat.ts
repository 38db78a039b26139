import type { Context } from '../context.ts';
import { ownInstance } from './own-instance.ts';

export async function execute(
  { coordinator, env, out }: Context,
  { json }: { json?: boolean },
  [named]: string[],
) {
  const answer = await coordinator.heartbeat(ownInstance(env, named));
  if (json) out.json(answer);
  else out.note(`heard of ${answer.instance_id}`);
  return 0;
}
