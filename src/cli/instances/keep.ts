import type { Context } from '../context.ts';
import { ownInstance } from './own-instance.ts';

interface Flags {
  json?: boolean;
}

export async function heartbeat({ coordinator, env, out }: Context, { json }: Flags, [named]: string[]) {
  const answer = await coordinator.heartbeat(ownInstance(env, named));
  if (json) out.json(answer);
  else out.note(`heard of ${answer.instance_id}`);
  return 0;
}

export async function remove({ coordinator, env, out }: Context, { json }: Flags, [named]: string[]) {
  const answer = await coordinator.removeInstance(ownInstance(env, named));
  if (json) out.json(answer);
  else out.note(`removed ${answer.instance_id}`);
  return 0;
}
