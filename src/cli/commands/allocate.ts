import { formatDuration } from '../../base/duration.ts';
import { projectTypeIn } from '../../run/project-config.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { newTypeNote } from '../new-type-note.ts';

interface Flags {
  type: string;
  name?: string;
  port?: number;
  prefer?: number;
  force?: boolean;
  pid?: number;
  ttl?: number;
  instance?: string;
  json?: boolean;
}

export async function execute({ coordinator, cwd, env, out }: Context, flags: Flags): Promise<number> {
  const { path, branch } = findWorktree(cwd);
  const answer = await coordinator.allocate({
    service_type: flags.type,
    service_name: flags.name,
    port: flags.port,
    preferred_port: flags.prefer,
    project_path: path,
    branch: branch ?? undefined,
    instance_id: flags.instance ?? env.STYXY_INSTANCE,
    process_id: flags.pid,
    ttl_ms: flags.ttl,
    force: flags.force,
    service_type_definition: await projectTypeIn(cwd, path, flags.type),
  });
  if (flags.json) out.json(answer);
  else {
    out.data(String(answer.port));
    const note = newTypeNote(answer);
    if (note !== undefined) out.note(`styxy: ${note}`);
    const { holder } = answer;
    const end = holder.expires_at
      ? `in ${formatDuration(Date.parse(holder.expires_at) - Date.now())} unless the port is in use`
      : `with process ${holder.pid}`;
    out.note(`lease ${answer.lock_id}${answer.existing ? ' (you had it already)' : ''} ends ${end}`);
  }
  return 0;
}
