import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { brokenImports, LAYERS } from '../support/import-rules.ts';
import { readSources, sourceFile } from '../support/source-tree.ts';

const sources = readSources();

test('every import of the sources goes down', () => {
  expect(brokenImports(sources)).toEqual([]);
});

test('all of the sources were looked at, and their imports seen', () => {
  expect(sources.length).toBeGreaterThan(50);
  const relative = sources.flatMap(({ imports }) => imports).filter(({ target }) => target.startsWith('.'));
  expect(relative.length).toBeGreaterThan(150);
  const written = sources.flatMap(({ code }) => code.match(/\bfrom '|\bimport\('|^import '/gm) ?? []);
  expect(sources.flatMap(({ imports }) => imports)).toHaveLength(written.length);
});

test('the table that people read has a row for each folder, and says the same', () => {
  const page = readFileSync(fileURLToPath(new URL('../../CONTRIBUTING.md', import.meta.url)), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| `src\/(\w+)` \|.*\| (.+) \|$/gm)].map(([, folder = '', may = '']) => [
      folder,
      may,
    ]),
  );
  const folders = new Set(
    sources.map(({ path }) => path.split('/')[1] ?? '').filter((name) => name in LAYERS),
  );
  expect([...rows.keys()].toSorted()).toEqual([...folders].toSorted());
  expect(rows.get('cli')).toBe('all but domain');
  rows.delete('cli');
  for (const [folder, may] of rows)
    expect(may, folder).toBe(LAYERS[folder]?.mayImport.join(', ') || 'nothing');
});

test('the table itself has no circle', () => {
  const reaches = (from: string, to: string): boolean =>
    (LAYERS[from]?.mayImport ?? []).some((next) => next === to || reaches(next, to));
  expect(Object.keys(LAYERS).filter((name) => reaches(name, name))).toEqual([]);
});

describe('the check finds', () => {
  const problems = (path: string, text: string): string[] => brokenImports([sourceFile(path, text)]);

  test.each([
    ['an import that goes up', 'src/domain/lease.ts', `import { openJournal } from '../daemon/journal.ts';`],
    ['a type that goes up', 'src/base/log.ts', `import type { Lease } from '../domain/lease.ts';`],
    ['an import of several lines', 'src/client/x.ts', `import {\n  a,\n  b,\n} from '../daemon/engine.ts';`],
    ['an export', 'src/system/x.ts', `export { ENDPOINTS } from '../protocol/endpoints.ts';`],
    ['an import for its effect', 'src/settings/x.ts', `import '../system/paths.ts';`],
    ['a project that leases', 'src/project/x.ts', `import { holdLease } from '../client/held-lease.ts';`],
    ['an import at run time', 'src/api/x.ts', `const { run } = await import('../run/run.ts');`],
    ['the daemon in the command line', 'src/cli/x.ts', `import { startDaemon } from '../daemon/main.ts';`],
    ['a part of the daemon', 'src/cli/x.ts', `await import('../daemon/engine.ts');`],
    [
      'domain in the command line',
      'src/cli/commands/x.ts',
      `import { isName } from '../../domain/service-name.ts';`,
    ],
    ['a folder nobody knows', 'src/utils/x.ts', `import { a } from '../base/log.ts';`],
  ])('%s', (_, path, text) => {
    expect(problems(path, text)).toEqual([expect.stringContaining(path)]);
  });

  test('nothing in what is allowed', () => {
    expect(problems('src/cli/x.ts', `await import('../daemon/main.ts');`)).toEqual([]);
    expect(
      problems('src/domain/x.ts', `import { b } from '../base/log.ts';\nimport { c } from './y.ts';`),
    ).toEqual([]);
    expect(problems('src/base/x.ts', `/** import { a } from '../cli/main.ts'; */\n`)).toEqual([]);
  });

  test('and says the reason', () => {
    const [problem] = problems('src/tools/x.ts', `import { a } from '../client/connection.ts';`);
    expect(problem).toContain('does not depend on a daemon (tools may import base)');
  });
});
