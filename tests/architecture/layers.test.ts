import { describe, expect, test } from 'vitest';
import { importCircles } from '../support/import-circles.ts';
import { brokenImports, FOLDERS, ROOMS, roomOf, roomsOf } from '../support/import-rules.ts';
import { readArchitecturePage, roomsOfPage } from '../support/rooms-page.ts';
import { readSources, sourceFile } from '../support/source-tree.ts';

const sources = readSources();
const rules = { ...FOLDERS, ...ROOMS };

const MOST_FILES_IN_A_ROOM = 14;

test('every import of the sources goes down', () => {
  expect(brokenImports(sources)).toEqual([]);
});

test('no file imports itself through others', () => {
  expect(importCircles(sources)).toEqual([]);
});

test('all of the sources were looked at, and their imports seen', () => {
  expect(sources.length).toBeGreaterThan(50);
  const relative = sources.flatMap(({ imports }) => imports).filter(({ target }) => target.startsWith('.'));
  expect(relative.length).toBeGreaterThan(150);
  const written = sources.flatMap(({ code }) => code.match(/\bfrom '|\bimport\('|^import '/gm) ?? []);
  expect(sources.flatMap(({ imports }) => imports)).toHaveLength(written.length);
});

describe('the tables of docs/architecture.md', () => {
  const page = readArchitecturePage();

  test('say the same as the rules that are held', () => {
    const held = Object.entries(rules).map(([name, { mayImport }]) => [name, mayImport.toSorted()]);
    const written = [...roomsOfPage(page)].map(([name, mayImport]) => [name, mayImport.toSorted()]);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(held));
  });

  test('have a row for each folder and room, and no other', () => {
    const folders = new Set(sources.map(({ path }) => path.split('/')[1] ?? ''));
    folders.delete('index.ts');
    expect(Object.keys(FOLDERS).toSorted()).toEqual([...folders].toSorted());
    const roomed = sources.filter(({ path }) => roomsOf(path.split('/')[1] ?? '').length > 0);
    const rooms = new Set(roomed.map(({ path }) => roomOf(path)));
    expect(Object.keys(ROOMS).toSorted()).toEqual([...rooms].toSorted());
  });

  test('are read as they are written', () => {
    const rows = '| room of `cli` | holds | may import |\n| --- | --- | --- |\n| `run` | x | print, words |';
    expect(roomsOfPage(rows)).toEqual(new Map([['cli/run', ['cli/print', 'cli/words']]]));
    expect(roomsOfPage('| folder | holds | may import |\n| `base` | x | nothing |')).toEqual(
      new Map([['base', []]]),
    );
  });
});

test('no table of rules has a circle, so that no import can go up', () => {
  const reaches = (from: string, to: string): boolean =>
    (rules[from]?.mayImport ?? []).some((next) => next === to || reaches(next, to));
  expect(Object.keys(rules).filter((name) => reaches(name, name))).toEqual([]);
});

test(`no folder of a house with rooms holds more than ${MOST_FILES_IN_A_ROOM} files`, () => {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (roomsOf(path.split('/')[1] ?? '').length > 0) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > MOST_FILES_IN_A_ROOM)).toEqual([]);
});

describe('the check of imports finds', () => {
  const problems = (path: string, text: string): string[] => brokenImports([sourceFile(path, text)]);

  test.each([
    ['an import that goes up', 'src/domain/lease.ts', `import { openJournal } from '../daemon/journal.ts';`],
    ['a type that goes up', 'src/base/log.ts', `import type { Lease } from '../domain/lease.ts';`],
    ['an import of several lines', 'src/client/x.ts', `import {\n  a,\n  b,\n} from '../daemon/engine.ts';`],
    ['an export', 'src/system/x.ts', `export { ENDPOINTS } from '../protocol/endpoints.ts';`],
    ['an import for its effect', 'src/settings/x.ts', `import '../system/paths.ts';`],
    ['a project that leases', 'src/project/x.ts', `import { holdLease } from '../client/held-lease.ts';`],
    ['an import at run time', 'src/api/x.ts', `const { run } = await import('../run/run.ts');`],
    ['the daemon in the command line', 'src/cli/main.ts', `import { startDaemon } from '../daemon/main.ts';`],
    ['a part of the daemon', 'src/cli/main.ts', `await import('../daemon/engine.ts');`],
    [
      'domain in the command line',
      'src/cli/inspect/x.ts',
      `import { isName } from '../../domain/service-name.ts';`,
    ],
    ['a folder that is in no table', 'src/utils/x.ts', `import { a } from '../base/log.ts';`],
    ['a room that is in no table', 'src/daemon/misc/x.ts', `import { a } from '../ledger/journal.ts';`],
    ['a room that imports up', 'src/daemon/ledger/x.ts', `import type { Sweep } from '../machine/sweep.ts';`],
    ['a report that knows HTTP', 'src/daemon/reports/x.ts', `import { a } from '../http/guard.ts';`],
    ['a room that knows the engine', 'src/daemon/grants/x.ts', `import type { A } from '../engine.ts';`],
    ['a command that knows another', 'src/cli/inspect/x.ts', `import { stop } from '../services/stop.ts';`],
    ['output that knows a command', 'src/cli/print/x.ts', `import { a } from '../daemon/status.ts';`],
  ])('%s', (_, path, text) => {
    expect(problems(path, text)).toEqual([expect.stringContaining(path)]);
  });

  test('nothing in what is allowed', () => {
    expect(problems('src/cli/main.ts', `await import('../daemon/main.ts');`)).toEqual([]);
    expect(
      problems('src/domain/x.ts', `import { b } from '../base/log.ts';\nimport { c } from './y.ts';`),
    ).toEqual([]);
    expect(problems('src/base/x.ts', `/** import { a } from '../cli/main.ts'; */\n`)).toEqual([]);
    expect(problems('src/daemon/http/routes/x.ts', `import type { Engine } from '../../engine.ts';`)).toEqual(
      [],
    );
  });

  test('the reason too', () => {
    const [problem] = problems('src/tools/x.ts', `import { a } from '../client/connection.ts';`);
    expect(problem).toContain('does not depend on a daemon (tools may import base)');
    const [inside] = problems('src/daemon/machine/x.ts', `import { a } from '../holders/adopted.ts';`);
    expect(inside).toContain('decides about no lease (daemon/machine may import daemon/ledger)');
  });
});

describe('the check of circles finds', () => {
  const file = (path: string, ...targets: string[]) =>
    sourceFile(path, targets.map((target) => `import type { A } from '${target}';`).join('\n'));

  test('two files that import each other, and each longer circle, once', () => {
    const files = [
      file('src/a/one.ts', './two.ts'),
      file('src/a/two.ts', './one.ts'),
      file('src/b/x.ts', '../c/y.ts', '../a/one.ts'),
      file('src/c/y.ts', '../c/z.ts'),
      file('src/c/z.ts', '../b/x.ts'),
    ];
    expect(importCircles(files)).toEqual([
      ['src/a/one.ts', 'src/a/two.ts'],
      ['src/b/x.ts', 'src/c/y.ts', 'src/c/z.ts'],
    ]);
  });

  test('none where imports only meet', () => {
    const files = [
      file('src/a/top.ts', './left.ts', './right.ts'),
      file('src/a/left.ts', './x.ts'),
      file('src/a/right.ts', './x.ts'),
      file('src/a/x.ts'),
    ];
    expect(importCircles(files)).toEqual([]);
  });
});
