import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What the homes of earlier test files have compiled (docs/decisions/0030), for those of later ones: each would compile the
 * daemon and every kind of command anew. A folder for each build, and only the latest stays.
 */
const ALL = fileURLToPath(new URL('../../node_modules/.cache/styxy-tests/', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url));

const DRAFT = /\.draft-\d+$/;

const ofBuild = (): string => join(ALL, String(statSync(BUILT).mtimeMs));

export function giveCompiledCode(home: string): void {
  const known = ofBuild();
  if (!existsSync(known)) return;
  // Another worker's draft may be gone by the time it would be read.
  const filter = (path: string): boolean => !DRAFT.test(path);
  cpSync(known, join(home, 'cache'), { recursive: true, preserveTimestamps: true, filter });
}

/** A file is there as a whole or not at all, as other workers may read it now. */
export function keepCompiledCode(home: string): void {
  const [from, to] = [join(home, 'cache'), ofBuild()];
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const folder of readdirSync(from)) {
    for (const file of readdirSync(join(from, folder)).filter((name) => name.endsWith('.cjs'))) {
      const kept = join(to, folder, file);
      if (existsSync(kept)) continue;
      mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
      const draft = `${kept}.draft-${process.pid}`;
      cpSync(join(from, folder, file), draft);
      renameSync(draft, kept);
    }
  }
  for (const other of readdirSync(ALL))
    if (other !== basename(to)) rmSync(join(ALL, other), { recursive: true, force: true });
}
