import { resolve } from 'node:path';
import { instanceOf } from '../../client/instance.ts';
import type { Context } from '../context.ts';
import { ownInstance } from './own-instance.ts';

interface Flags {
  pid?: number;
  dir?: string;
  agent?: string;
  json?: boolean;
}

export async function execute({ coordinator, cwd, env, out }: Context, flags: Flags, [named]: string[]) {
  const id = ownInstance(env, named);
  const answer = await coordinator.registerInstance({
    instance_id: id,
    working_directory: resolve(cwd, flags.dir ?? '.'),
    process_id: flags.pid,
    ...(flags.agent !== undefined && { metadata: { agent: flags.agent } }),
  });
  if (flags.json) out.json(answer);
  else {
    out.line(id);
    const { process_id: pid } = answer;
    out.note(
      pid === null
        ? `it lives until nothing is heard of it any more: styxy instances heartbeat ${id}`
        : `it lives as long as process ${pid}`,
    );
    if (instanceOf(env).instance_id !== id) out.note(`use it with --instance ${id}, or STYXY_INSTANCE=${id}`);
  }
  return 0;
}
