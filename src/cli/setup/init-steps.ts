import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import { changedScripts } from '../../init/plan.ts';
import type { Context } from '../context.ts';
import { applyChanges, applyDependency, applyUndo } from '../init/apply.ts';
import type { FileChange } from '../init/files.ts';
import { count } from '../init/print.ts';
import { shortPath } from '../print/listeners.ts';
import { projectRoot } from '../init/project.ts';
import { readRecords } from '../init/record.ts';
import { undoOf } from '../init/undo/undo.ts';
import { planWork } from '../init/work.ts';
import type { Step, StepFile } from './steps.ts';

/** The package scripts of the project around the current folder; none without a package.json. */
export async function initSteps(context: Context): Promise<Step[]> {
  const root = await rootHere(context);
  if (root === undefined) return [];
  const work = await planWork(context, root, { install: true, launcher: true });
  if (work.files.length === 0) return [];
  const { dependency } = work;
  const adds = dependency.isPublic && !dependency.isListed;
  return [
    {
      name: 'init',
      title: `package scripts of ${shortPath(root)} that start servers`,
      question: `Have ${count(changedScripts(work.plan).length, 'script')} start through Styxy?`,
      files: filesIn(root, work.files),
      notes: adds ? [`runs ${dependency.command.join(' ')}`] : [],
      apply: async () => {
        await applyChanges(context, root, work.files);
        const failure = adds ? await applyDependency(context, root, dependency) : undefined;
        return failure === undefined ? [] : [`${failure}; to add it later: ${dependency.command.join(' ')}`];
      },
    },
  ];
}

/** Every project in which init has changed something, and the one around the current folder. */
export async function undoSteps(context: Context): Promise<Step[]> {
  const known = Object.keys(readRecords(context.paths)).filter((folder) => existsSync(folder));
  const here = await rootHere(context);
  const roots = [...new Set([...known, ...(here === undefined ? [] : [here])])];
  const steps = await Promise.all(roots.map((root) => undoStep(context, root)));
  return steps.flat();
}

async function undoStep(context: Context, root: string): Promise<Step[]> {
  const { files, kept } = await undoOf(context, root);
  if (files.length === 0) return [];
  return [
    {
      name: 'init',
      title: `package scripts of ${shortPath(root)}`,
      question: `Take back what styxy init changed in ${shortPath(root)}?`,
      files: filesIn(root, files),
      notes: kept.map((file) => `${file} was changed since styxy init wrote it, and stays as it is`),
      apply: async () => {
        await applyUndo(context, root, files);
        return [];
      },
    },
  ];
}

const filesIn = (root: string, files: readonly FileChange[]): StepFile[] =>
  files.map(({ file, before, after }) => ({ path: join(root, file), before, after }));

async function rootHere({ cwd }: Context): Promise<string | undefined> {
  try {
    return resolve(await projectRoot(cwd));
  } catch (error) {
    if (error instanceof StyxyError && error.code === 'USAGE') return undefined;
    throw error;
  }
}
