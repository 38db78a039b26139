import type { Worktree } from '../../system/worktree.ts';
import type { Project } from '../../tools/project.ts';
import type { PortPlan } from '../../tools/plan.ts';
import { isWorthReading } from '../../tools/quick.ts';
import { planUnknown } from '../../tools/unknown.ts';
import { packageAround } from './here.ts';

/** What the command starts, and how that takes its port. A command that can be nothing but a program costs nothing. */
export async function readCommand(
  command: readonly string[],
  cwd: string,
  worktree: Worktree,
  wishes: Pick<Project, 'remaps' | 'opensRuns' | 'env'> = {},
): Promise<PortPlan> {
  if (!isWorthReading(command)) return planUnknown(command, packageAround(worktree));
  const { planPort } = await import('../../tools/port-plan.ts');
  const { withLibrary } = await import('./library.ts');
  return withLibrary((open) => planPort(command, { ...open(cwd), ...wishes }));
}
