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
    const running = [...new Set(allocations.flatMap(({ service_name }) => service_name ?? []))];
    throw new StyxyError(
      'LEASE_NOT_FOUND',
      name === undefined ? 'nothing runs here' : `"${name}" does not run here`,
      {
        why:
          running.length > 0
            ? `what runs here is ${running.join(', ')}`
            : `no service of ${project} has a lease`,
        hint:
          name === undefined
            ? 'styxy run -- <command> starts something'
            : `styxy run --name ${name} -- <command>`,
      },
    );
  }
  if (second && name === undefined) {
    const names = new Set(matching.flatMap(({ service_name }) => service_name ?? []));
    throw new StyxyError('USAGE', 'several services run here', {
      hint: names.size > 0 ? `name one of ${[...names].join(', ')}` : 'styxy list shows their ports',
    });
  }
  const { service_name: service, port, url } = first;
  if (json) out.json({ service_name: service, port, url });
  else out.data(url);
  return 0;
}
