import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import { localModules } from './local-modules.ts';

/** Old ones are of worktrees that are gone, or of texts that have changed since. */
const MOST_KEPT = 2000;

/**
 * Whether this text was run in this place before. One byte more or less in it, or in a file of the project that it
 * imports by a path, makes it another text.
 * @param folder where that is kept: one empty file for each
 */
export function isTrusted(folder: string, file: string, text: string): boolean {
  return existsSync(join(folder, fingerprintOf(file, text)));
}

/** Keeps that it was run. Where it can't be written, it is asked for again: that must not keep a command from running. */
export function trust(folder: string, file: string, text: string): void {
  const path = join(folder, fingerprintOf(file, text));
  if (existsSync(path)) return;
  try {
    ensurePrivateFolder(dirname(folder), { followLink: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, '', { mode: 0o600 });
    forgetOldest(folder);
  } catch {
    // A full disk, a home of somebody else: said where the daemon needs it.
  }
}

function fingerprintOf(file: string, text: string): string {
  const hash = createHash('sha256');
  for (const module of localModules(file, text)) hash.update(JSON.stringify([module.file, module.text]));
  return hash.digest('hex');
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= MOST_KEPT) return;
  const aged = names.map((name) => ({
    path: join(folder, name),
    time: statSync(join(folder, name)).mtimeMs,
  }));
  for (const { path } of aged.toSorted((a, b) => a.time - b.time).slice(0, names.length - MOST_KEPT))
    rmSync(path, { force: true });
}
