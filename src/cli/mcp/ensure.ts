import type { InferOutput } from 'valibot';
import { loadProjectConfig } from '../../project/load-config.ts';
import { planRun } from '../../run/plan/plan.ts';
import { requireProgram } from '../../run/plan/startable.ts';
import { resolveTarget } from '../../run/plan/target.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { problemOf, startDetached } from '../run/detached.ts';
import { RUN_DEFAULTS, type RunFlags } from '../run/flags.ts';
import { accessOf } from '../run/run.ts';
import type { ensureInput, ensureOutput } from './schemas.ts';
import type { Session } from './session.ts';

/** Makes sure that a service runs, and says where. @throws StyxyError */
export async function ensure(
  context: Context,
  { id }: Session,
  given: InferOutput<typeof ensureInput>,
): Promise<InferOutput<typeof ensureOutput>> {
  const { cwd, env } = context;
  const words = given.service === undefined ? [] : [given.service];
  const place = { ...context, command: given.command };
  const { path: top } = findWorktree(cwd);
  const project = await loadProjectConfig(cwd, top, accessOf(place, RUN_DEFAULTS, words, top));
  const target = resolveTarget(words, given.command, { cwd, env, top, project });
  requireProgram(target);
  const { name, service_type: type, preferred_port: prefer, timeout } = given;
  const flags: RunFlags = {
    ...RUN_DEFAULTS,
    ...(name !== undefined && { name }),
    ...(type !== undefined && { type }),
    ...(prefer !== undefined && { prefer }),
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    instance: id,
    wait: true,
    detach: true,
  };
  const plan = await planRun(target, flags, project);
  const result = await startDetached(place, plan, flags, words);
  if (result.is !== 'running') throw problemOf(result, plan.serviceName, flags.timeout);
  const { is: _, allocation, ...about } = result;
  return { ...allocation, ...about };
}
