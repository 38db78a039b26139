import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { withScripts } from '../../init/package-text.ts';
import { changedScripts, type InitPlan } from '../../init/plan.ts';
import type { ScriptPlan } from '../../init/scripts.ts';
import { isLauncher, LAUNCHER } from '../../init/unwrap.ts';
import { packageProblems } from '../../settings/package-problems.ts';
import { badConfig } from '../../settings/problem.ts';
import { orUnwritable, replaceUserFile } from '../../system/files/user-file.ts';
import { LARGEST_OF_OTHERS, readRegular, readTextIfThere } from '../../system/files/read-text.ts';
import { packageRoot } from '../../system/package-root.ts';

/** One file of the project, as it is and as it is to be. */
export interface FileChange {
  /** Relative to the project's folder. */
  file: string;
  /** undefined: there is no such file. */
  before: string | undefined;
  /** undefined: it is to be removed. */
  after: string | undefined;
  scripts: readonly ScriptPlan[];
  /** For people: what is added, where it is no script. */
  lines?: readonly string[];
}

/** The files that change with the plan, the launcher among them. @throws StyxyError BAD_CONFIG */
export function filesOf(root: string, plan: InitPlan, hasLauncher: boolean): FileChange[] {
  const changed = changedScripts(plan);
  const dirs = [...new Set(changed.map(({ dir }) => dir))];
  const packages = dirs.map((dir) => {
    const file = dir === '.' ? 'package.json' : `${dir}/package.json`;
    const before = readPackageText(join(root, file));
    const scripts = changed.filter((each) => each.dir === dir);
    const texts = Object.fromEntries(scripts.map(({ name, after }) => [name, after]));
    return { file, before, after: withScripts(before, texts), scripts };
  });
  if (!hasLauncher) return packages;
  const launcher = launcherChange(root);
  return launcher === undefined ? packages : [...packages, launcher];
}

/** The launcher as this version writes it. */
export function ownLauncher(): string {
  return readFileSync(join(packageRoot(), 'dist', 'launcher.cjs'), 'utf8');
}

/** undefined when it is there already. @throws StyxyError BAD_CONFIG */
function launcherChange(root: string): FileChange | undefined {
  const after = ownLauncher();
  const before = readText(join(root, LAUNCHER));
  if (before !== undefined && !isLauncher(before)) {
    throw new StyxyError('BAD_CONFIG', `${join(root, LAUNCHER)} is there already, and is not Styxy's`, {
      hint: 'move it away, or use styxy init --no-launcher',
    });
  }
  return before === after ? undefined : { file: LAUNCHER, before, after, scripts: [] };
}

/** @throws StyxyError BAD_CONFIG when it is not UTF-8, or can't be understood */
export function readPackageText(file: string): string {
  const bytes = bytesOf(file);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new StyxyError('BAD_CONFIG', `${file} is not UTF-8`);
  // A script that is no text is nobody's, and keeps none of the others from being run.
  const problems = packageProblems(text, file).filter(({ path }) => !path.startsWith('scripts.'));
  if (problems.length > 0) throw badConfig(file, problems);
  return text;
}

function bytesOf(file: string): Buffer {
  try {
    return Buffer.from(readRegular(file, LARGEST_OF_OTHERS, 'latin1'), 'latin1');
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `can't read ${file}`, { why: messageOf(error), cause: error });
  }
}

/** A file's text; undefined when there is none. @throws StyxyError BAD_CONFIG */
export const readText = (file: string): string | undefined => readTextIfThere(file, 'BAD_CONFIG');

/** Writes or removes a file; one that a link leads to is written where it lies. @throws StyxyError STATE_UNWRITABLE */
export async function writeFile(file: string, text: string | undefined): Promise<void> {
  await orUnwritable(file, () => replaceUserFile(file, text, { mode: 0o644 }));
}
