import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styxyPaths } from '../../system/paths.ts';
import { exists } from '../../system/process/identity.ts';
import type { FileCopy } from '../../tools/plan.ts';

/** Each process has a folder of its own in it. */
const allCopies = (): string => join(styxyPaths().home, 'copies');
const ownCopies = (): string => join(allCopies(), String(process.pid));

/** Where this process puts changed copies of files. undefined: a path that would need quotes in a command. */
export function copiesFolder(): string | undefined {
  const folder = ownCopies();
  return /^[\w./-]+$/.test(folder) ? folder : undefined;
}

/** Writes what a command is told to read instead of files of the project. */
export function writeCopies(files: readonly FileCopy[]): void {
  removeOrphans();
  mkdirSync(ownCopies(), { recursive: true, mode: 0o700 });
  for (const { path, text } of files) writeFileSync(path, text, { mode: 0o600 });
}

export function removeCopies(): void {
  rmSync(ownCopies(), { recursive: true, force: true });
}

/** Of wrappers that were killed. */
function removeOrphans(): void {
  for (const pid of namesIn(allCopies()))
    if (!exists(Number(pid))) rmSync(join(allCopies(), pid), { recursive: true, force: true });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
