import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ConfigProblem } from '../settings/problem.ts';
import type { ProjectConfig } from '../settings/schema.ts';
import type { ConfigAccess } from './access.ts';
import { findProjectConfig } from './find-config.ts';
import type { FoundConfig } from './read-config.ts';

export interface LoadedProject {
  config: ProjectConfig;
  /** Absolute path of the file it came from. */
  file: string;
}

/**
 * The project's configuration: the nearest from `cwd` up to the worktree's top.
 * @returns undefined without one, and for a program that may not be run
 * @throws StyxyError BAD_CONFIG
 */
export async function loadProjectConfig(
  cwd: string,
  top: string,
  access: ConfigAccess,
): Promise<LoadedProject | undefined> {
  const found = await findProjectConfig(cwd, top, access);
  if (!found || found.isUnread) return undefined;
  const { parseProjectConfig } = await import('../settings/parse.ts');
  const { badConfig } = await import('../settings/problem.ts');
  const problems = await problemsOfProject(found);
  if (problems.length > 0) throw badConfig(found.file, problems);
  const { services, ...config } = parseProjectConfig(found.content, found.file);
  return { config: { ...config, ...(services && { services: byName(services) }) }, file: found.file };
}

/** Looked up by what users type: `toString` is a service only if somebody has named one so. */
const byName = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.assign(Object.create(null) as Record<string, Value>, record);

/** All that is wrong with it in itself, with lines where the file is JSON. */
export async function problemsOfProject({ file, content }: FoundConfig): Promise<ConfigProblem[]> {
  const { checkProjectConfig, withLines } = await import('../settings/parse.ts');
  const { KEY_OF_PACKAGE } = await import('./read-config.ts');
  const checked = checkProjectConfig(content, file);
  if ('config' in checked) return [];
  if (!file.endsWith('.json')) return checked.problems;
  const prefix = basename(file) === 'package.json' ? KEY_OF_PACKAGE : '';
  return withLines(checked.problems, readFileSync(file, 'utf8'), prefix);
}
