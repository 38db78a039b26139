import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/allocation.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, cwd, out }: Context,
  { json }: { json?: boolean },
  [name]: string[],
) {
  const project = findWorktree(cwd).path;
  const { allocations } = await coordinator.list({ project });
  const matching = name === undefined ? allocations : allocations.filter((lease) => nameOf(lease) === name);
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
    const names = new Set(matching.map(nameOf));
    throw new StyxyError('USAGE', 'several services run here', {
      hint: `name one of ${[...names].join(', ')}`,
    });
  }
  const { service_name: service, port, url } = first;
  if (json) out.json({ service_name: service, port, url });
  else out.data(url);
  return 0;
}

/** What was leased without a name goes by its type. */
const nameOf = ({ service_name: name, service_type: type }: Allocation): string => name ?? type;
