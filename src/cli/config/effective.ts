import { StyxyError } from '../../base/styxy-error.ts';
import type { ConfigAnswer } from '../../protocol/answers/config.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import { environmentLayers } from '../../settings/environment.ts';
import { mergeLayers } from '../../settings/layers.ts';
import { resolveUserSettings } from '../../settings/resolve.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export interface EffectiveConfig extends Omit<ConfigAnswer, 'files'> {
  files: { user: string; project: string | null };
}

/**
 * What is in force in this folder: what the daemon works with if it runs, else what it would work with, and the
 * project's configuration over it.
 * @throws StyxyError BAD_CONFIG
 */
export async function effectiveConfig(context: Context): Promise<EffectiveConfig> {
  const base = await userConfig(context);
  const project = await loadProjectConfig(context.cwd, findWorktree(context.cwd).path, context.looking);
  const files = { ...base.files, project: project?.file ?? null };
  if (!project) return { ...base, files };
  const { $schema: _, ...values } = project.config;
  const merged = mergeLayers([
    { layer: 'built-in', source: null, values: base.config },
    { layer: 'project', source: project.file, values },
  ]);
  const origins = Object.entries(merged.origins).map(([path, origin]) => [
    path,
    origin.layer === 'project' ? origin : (base.origins[path] ?? origin),
  ]);
  return {
    config: merged.values,
    origins: Object.fromEntries(origins) as ConfigAnswer['origins'],
    files,
    problems: base.problems,
  };
}

async function userConfig({ runningDaemon, paths, env }: Context): Promise<ConfigAnswer> {
  const running = await runningDaemon.config().catch((error: unknown) => {
    // One that is not there, or too old to know the question.
    if (error instanceof StyxyError && ['DAEMON_UNREACHABLE', 'NO_ROUTE'].includes(error.code))
      return undefined;
    throw error;
  });
  if (running) return running;
  const text = readTextIfThere(paths.config);
  const { values, origins } = resolveUserSettings(text, paths.config, environmentLayers(env)).resolved();
  return { config: values, origins, files: { user: paths.config }, problems: [] };
}
