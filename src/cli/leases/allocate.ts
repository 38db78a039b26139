import { formatDuration } from '../../base/duration.ts';
import { instanceOf } from '../../client/instance.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import { namePartsOf } from '../../project/name-parts.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { newTypeNote } from '../run/new-type-note.ts';
import { describeRunning } from '../run/running.ts';

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

export async function execute(
  { coordinator, cwd, env, out, looking }: Context,
  flags: Flags,
): Promise<number> {
  const worktree = findWorktree(cwd);
  const { path, branch } = worktree;
  const config = (await loadProjectConfig(cwd, path, looking))?.config;
  const answer = await coordinator.allocate({
    service_type: flags.type,
    service_name: flags.name,
    port: flags.port,
    preferred_port: flags.prefer,
    project_path: path,
    branch: branch ?? undefined,
    ...instanceOf(env, flags.instance),
    process_id: flags.pid,
    ttl_ms: flags.ttl,
    force: flags.force,
    service_type_definition: ownTypeOf(config, flags.type),
    name_parts: namePartsOf({ worktree, config, env }),
  });
  if (flags.json) out.json(answer);
  else {
    out.data(String(answer.port));
    const note = newTypeNote(answer);
    if (note !== undefined) out.note(`styxy: ${note}`);
    if (isOthers(answer)) out.note(describeRunning(answer));
    out.note(describe(answer));
    if (answer.reason?.instead_of !== undefined) out.note(answer.reason.text);
    const { instance } = flags;
    if (instance !== undefined && answer.holder.kind === 'ttl' && flags.ttl === undefined)
      out.note(
        `instance "${instance}" is not registered and can't hold it: styxy instances register ${instance}`,
      );
  }
  return 0;
}

/** Somebody else has asked for the service first. */
const isOthers = ({ existing, sharers = [] }: AllocateAnswer): boolean =>
  existing === true && sharers.length > 1;

function describe({ lock_id, holder, existing, sharers = [], instance_id }: AllocateAnswer): string {
  if (existing && sharers.length > 1)
    return `lease ${lock_id} is shared by ${sharers.length}, and ends with the last`;
  const end = {
    ttl: `in ${formatDuration(Date.parse(holder.expires_at ?? '') - Date.now())} unless the port is in use`,
    process: `with process ${holder.pid}`,
    instance: `with instance ${instance_id}`,
    connection: 'with the program that holds it',
  }[holder.kind];
  return `lease ${lock_id}${existing ? ' (you had it already)' : ''} ends ${end}`;
}
