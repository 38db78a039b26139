import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageProblems } from '../settings/package-problems.ts';
import { badConfig, type ConfigProblem } from '../settings/problem.ts';
import { readSmallText } from '../system/files/read-text.ts';

export interface CheckedPackage {
  file: string;
  problems: ConfigProblem[];
}

/** The nearest package.json upwards, not above `top`, and what is wrong with it; undefined when there is none. */
export function checkNearestPackage(cwd: string, top: string): CheckedPackage | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const text = existsSync(file) ? readSmallText(file) : undefined;
    if (text !== undefined) return { file, problems: packageProblems(text, file) };
    if (folder === top || folder === dirname(folder)) return undefined;
  }
}

/** @throws StyxyError BAD_CONFIG when the nearest package.json can't be understood */
export function requireSoundPackage(cwd: string, top: string): void {
  const { file, problems } = checkNearestPackage(cwd, top) ?? { file: '', problems: [] };
  if (problems.length > 0) throw badConfig(file, problems);
}
