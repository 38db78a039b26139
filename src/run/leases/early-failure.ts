import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { RunLease } from './obtain.ts';

/* What may explain that a command failed at its start. */

type Lease = RunLease['allocation'];

/** Another run of the same service of the same worktree, which listens. */
export async function sameBeside(
  { lock_id: own, service_name: name, project_path: project }: Lease,
  coordinator: Pick<Coordinator, 'list'>,
): Promise<Allocation | undefined> {
  if (own === undefined || !project) return undefined;
  const { allocations } = await coordinator.list({ project });
  return allocations.find(
    (each) => each.lock_id !== own && each.service_name === name && each.state === 'bound',
  );
}

/** A port that the service may insist on, and that somebody else has. */
export interface MissedPort {
  port: number;
  /** For people: by which program or lease it is used. */
  text: string;
}

/** The port on which the service listened the last time, where the lease has another because that one is taken. */
export async function missedPort(
  { project_path: project, service_name: name, reason }: Lease,
  coordinator: Pick<Coordinator, 'remembered' | 'check'>,
): Promise<MissedPort | undefined> {
  const { instead_of: port, code, text } = reason ?? {};
  const isTaken = code === 'used' || code === 'leased';
  if (!project || port === undefined || text === undefined || !isTaken) return undefined;
  const { remembered } = await coordinator.remembered({ project });
  const isOurs = remembered.some((each) => each.service_name === name && each.ports.includes(port));
  return isOurs && !(await coordinator.check(port)).available ? { port, text } : undefined;
}
