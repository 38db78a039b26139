import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namesIn } from '../../../system/files/names-in.ts';
import { exists } from '../../../system/process/identity.ts';
import type { FileCopy } from '../../../tools/plan.ts';
import { copiesOf } from '../library.ts';

const ownCopies = (): string => copiesOf(process.pid);
const allCopies = (): string => dirname(ownCopies());

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
