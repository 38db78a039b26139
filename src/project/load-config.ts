import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ConfigProblem } from '../settings/problem.ts';
import type { ProjectConfig } from '../settings/schema.ts';
import type { ConfigAccess } from './access.ts';
import type { Extended } from './extended.ts';
import { findProjectConfig } from './find-config.ts';
import { KEY_OF_PACKAGE, type FoundConfig } from './read-config.ts';

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
  const whole = await whatItExtends(found);
  const problems = await problemsOf(whole);
  if (problems.length > 0) throw badConfig(problems[0]?.file ?? found.file, problems);
  const { services, ...config } = parseProjectConfig(whole.found.content, found.file);
  return { config: { ...config, ...(services && { services: byName(services) }) }, file: found.file };
}

/** Looked up by what users type: `toString` is a service only if somebody has named one so. */
const byName = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.assign(Object.create(null) as Record<string, Value>, record);

/** All that is wrong with it and with what it extends, with lines where the file is JSON. @throws StyxyError BAD_CONFIG */
export async function problemsOfProject(found: FoundConfig): Promise<ConfigProblem[]> {
  return problemsOf(await whatItExtends(found));
}

/** Most runs have no configuration: what follows packages loads Node's loader of ES modules. */
async function whatItExtends(found: FoundConfig): Promise<Extended> {
  const { withExtended } = await import('./extended.ts');
  return withExtended(found);
}

async function problemsOf({ bases, found }: Extended): Promise<ConfigProblem[]> {
  const all = await Promise.all([...bases, found].map(problemsOfFile));
  return all.find((problems) => problems.length > 0) ?? [];
}

async function problemsOfFile({ file, content }: FoundConfig): Promise<ConfigProblem[]> {
  const { checkProjectConfig, withLines } = await import('../settings/parse.ts');
  const checked = checkProjectConfig(content, file);
  if ('config' in checked) return [];
  if (!file.endsWith('.json')) return checked.problems;
  const prefix = basename(file) === 'package.json' ? KEY_OF_PACKAGE : '';
  return withLines(checked.problems, readFileSync(file, 'utf8'), prefix);
}
