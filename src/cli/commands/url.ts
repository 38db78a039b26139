import { StyxyError } from '../../base/styxy-error.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, cwd, out }: Context,
  { json }: { json?: boolean },
  [name]: string[],
) {
  const project = findWorktree(cwd).path;
  const { allocations } = await coordinator.list({ project });
  const matching =
    name === undefined ? allocations : allocations.filter(({ service_name }) => service_name === name);
  const [first, second] = matching;
  if (!first) {
    throw new StyxyError(
      'LEASE_NOT_FOUND',
      name === undefined ? 'nothing runs here' : `"${name}" does not run here`,
      {
        why: `${project} has ${allocations.length} leases`,
        hint: name === undefined ? 'start it with styxy run' : `styxy run --name ${name} -- <command>`,
      },
    );
  }
  if (second && name === undefined) {
    const names = matching.map(({ service_name, service_type }) => service_name ?? service_type);
    throw new StyxyError('USAGE', 'several services run here', { hint: `name one of ${names.join(', ')}` });
  }
  const { service_name: service, port, url } = first;
  if (json) out.json({ service_name: service, port, url });
  else out.data(url);
  return 0;
}
