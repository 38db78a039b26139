import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import type { InitPlan, InitWishes } from '../../init/plan.ts';
import { LAUNCHER, wrapperWords } from '../../init/unwrap.ts';
import type { Context } from '../context.ts';
import { type Dependency, dependencyOf } from './dependency.ts';
import { type FileChange, filesOf, readPackageText } from './files.ts';
import type { InitFlags } from './flags.ts';
import { planProject } from './project.ts';
import type { TypesChange } from './service-types.ts';

/** What init found, and what it would do. */
export interface Work {
  root: string;
  plan: InitPlan;
  files: FileChange[];
  dependency: Dependency;
}

/** @throws StyxyError USAGE, BAD_CONFIG */
export async function planWork(context: Context, root: string, flags: InitFlags): Promise<Work> {
  const style = flags.launcher ? 'launcher' : 'plain';
  const { only, except, also } = flags;
  const wishes: InitWishes = {
    wrapper: (dir) => wrapperWords(style, dir),
    ...(only && { only: [...only, ...(also ?? [])] }),
    ...(except && { except }),
    ...(also && { also }),
  };
  const own = join(root, 'package.json');
  // A package that can't be read has no scripts, and would be passed over in silence.
  if (existsSync(own)) readPackageText(own);
  const found = await planProject(root, wishes);
  requireKnown([...(only ?? []), ...(except ?? []), ...(also ?? [])], found);
  const usesLauncher = found.scripts.some(({ before, after }) => `${before} ${after}`.includes(LAUNCHER));
  const types =
    flags.serviceTypes === undefined ? undefined : await typesOf(flags.serviceTypes, root, context);
  const files = filesOf(root, found, flags.launcher && usesLauncher);
  return {
    root,
    plan: found,
    files: types === undefined ? files : withTypes(files, types),
    dependency: dependencyOf(root, found.packages, context.env),
  };
}

async function typesOf(document: string, root: string, context: Context): Promise<TypesChange | undefined> {
  return (await import('./service-types.ts')).typesChange(document, root, context);
}

/** The configuration may stand in package.json, whose scripts change as well. */
function withTypes(files: readonly FileChange[], { file, before, edit, lines }: TypesChange): FileChange[] {
  const same = files.find((each) => each.file === file);
  const others = files.filter((each) => each !== same);
  const scripts = same?.scripts ?? [];
  return [...others, { file, before, after: edit(same?.after ?? before), scripts, lines }];
}

/** A name that is no script's would otherwise be left out in silence. */
function requireKnown(names: readonly string[], { packages }: InitPlan): void {
  const known = packages.flatMap(({ dir, name, scripts }) =>
    Object.keys(scripts).flatMap((script) => [script, `${dir}:${script}`, `${name}:${script}`]),
  );
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new StyxyError('USAGE', `there is no script "${unknown}"`, {
    hint: 'styxy init --dry-run names the scripts; in a workspace, packages/web:dev means one package',
  });
}

export const unsureOf = ({ plan: { scripts } }: Work) => scripts.filter(({ isUnsure }) => isUnsure);
