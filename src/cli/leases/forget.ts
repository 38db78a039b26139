import { nearestName } from '../../base/nearest-name.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { ForgetAnswer } from '../../protocol/answers/remembered.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { askYesNo } from '../print/ask.ts';
import { shortPath } from '../print/listeners.ts';

interface Flags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

export async function execute(
  context: Context,
  { all, yes, json }: Flags,
  [name]: string[],
): Promise<number> {
  const { coordinator, cwd, out } = context;
  if (all && name !== undefined) throw new StyxyError('USAGE', '--all and a service exclude each other');
  if (
    all &&
    !yes &&
    !json &&
    !(await askYesNo('forget the ports that are kept for services of every worktree?'))
  )
    return 1;
  const { path: project } = findWorktree(cwd);
  const answer = await coordinator.forget(all ? { all } : { project, service_name: name });
  if (json) out.json(answer);
  if (name !== undefined && answer.forgotten.length === 0) {
    if (!json) out.note(await describeUnknown(context, name, project));
    return 1;
  }
  if (!json) print(answer, all ? 'on this machine' : `in ${shortPath(project)}`, context);
  return 0;
}

function print({ forgotten }: ForgetAnswer, where: string, { out }: Context): void {
  if (forgotten.length === 0) return out.note(`no port is kept for a service ${where}`);
  for (const { service_name: name, ports, live } of forgotten) {
    const later = live ? ' (it has a lease, and keeps that port until it ends)' : '';
    out.note(
      `${ports.join(' and ')} ${ports.length === 1 ? 'is' : 'are'} not kept for ${name} any more${later}`,
    );
  }
}

async function describeUnknown({ coordinator }: Context, name: string, project: string): Promise<string> {
  const { remembered } = await coordinator.remembered({ project });
  const near = nearestName(
    name,
    remembered.map((each) => each.service_name),
  );
  const hint = near === undefined ? 'styxy list --remembered shows all' : `did you mean "${near}"?`;
  return `no port is kept for a service "${name}" in this worktree: ${hint}`;
}
