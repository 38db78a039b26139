import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';

type Service = Partial<Pick<Allocation, 'lock_id' | 'service_name' | 'project_path'>>;

/** Another run of the same service of the same worktree, which listens. */
export async function sameBeside(
  { lock_id: own, service_name: name, project_path: project }: Service,
  coordinator: Pick<Coordinator, 'list'>,
): Promise<Allocation | undefined> {
  if (own === undefined || !project) return undefined;
  const { allocations } = await coordinator.list({ project });
  return allocations.find(
    (each) => each.lock_id !== own && each.service_name === name && each.state === 'bound',
  );
}
