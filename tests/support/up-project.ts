import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ListAnswer } from '../../src/protocol/answers/ports.ts';
import type { StyxyHome } from './home.ts';

const PROGRAM = fileURLToPath(new URL('./programs/up-service.mjs', import.meta.url));

/** A command that does this: see `programs/up-service.mjs`. */
export const service = (what: string, argument = ''): string[] => [
  process.execPath,
  PROGRAM,
  what,
  ...(argument ? [argument] : []),
];

export interface UpProject {
  readonly path: string;
  /** What its services have noted, in order. */
  journal(): string[];
  /** Variables by which they note it. */
  readonly env: Readonly<Record<string, string>>;
  file(name: string): string;
  /** Makes one. */
  folder(name: string): void;
  leases(): Promise<ListAnswer['allocations']>;
  /** No lease of it is left, and no process of its services. */
  expectNothingLeft(): Promise<void>;
}

/** A worktree of its own with these services. */
export function upProject(home: StyxyHome, name: string, services?: object): UpProject {
  const path = mkdtempSync(join(home.place, `${name}-`));
  const file = (each: string): string => join(path, each);
  writeFileSync(file('package.json'), JSON.stringify({ name, private: true }));
  if (services) writeFileSync(file('styxy.config.json'), JSON.stringify({ services }));
  const journal = file('journal');
  const leases = async () =>
    (await home.api.list()).allocations.filter(({ project_path }) => project_path === path);
  return {
    path,
    file,
    folder: (each) => void mkdirSync(file(each), { recursive: true }),
    env: { JOURNAL: journal },
    journal: () => readFileSync(journal, 'utf8').trim().split('\n'),
    leases,
    async expectNothingLeft() {
      expect(await leases()).toEqual([]);
      expect(home.processes().filter(({ command }) => command.includes('up-service.mjs'))).toEqual([]);
    },
  };
}
