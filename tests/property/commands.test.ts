import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TABLE } from '../../src/tools/adapters/table.ts';
import { planPort, projectOf } from '../unit/tools/support.ts';
import { runs } from '../support/runs.ts';

const tools = Object.values(TABLE).flat();
const word = fc.constantFrom(
  ...new Set(
    tools
      .flatMap(({ programs, commands = [] }) => [...programs, ...commands])
      .flatMap((text) => text.split(' ')),
  ),
);
const piece = fc.oneof(
  { weight: 4, arbitrary: word },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'npm',
      'run',
      'dev',
      'pnpm',
      '-r',
      '--filter',
      'web',
      'concurrently',
      'run-p',
      'turbo',
      'make',
      'bash',
      '-c',
      'env',
      'docker',
      'compose',
      'up',
      '-p',
      '--',
      'nodemon',
      '-x',
      'uv',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '--port',
      '-p',
      '--port=3001',
      '-p3001',
      '3001',
      'PORT=3001',
      '$PORT',
      '"${PORT:-3001}"',
      'http://localhost:3001',
      '127.0.0.1:3001',
      '-S',
      '-l',
      '--strictPort',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '&&',
      '&',
      ';',
      '|',
      '(',
      ')',
      '"vite"',
      "'npm run dev'",
      '"',
      "'",
      '\\',
      '`',
      '$(',
      '>',
      '#',
      '\n',
      '{',
      '}',
      '*',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const words = fc.array(piece, { maxLength: 12 });
const scripts = fc.dictionary(
  fc.constantFrom('dev', 'web', 'api', 'start'),
  words.map((all) => all.join(' ')),
  { maxKeys: 4 },
);
const port = fc.integer({ min: 1024, max: 65_535 });

const rootOf = (texts: Record<string, string>) => ({
  'package.json': { name: 'x', workspaces: ['packages/*'], scripts: texts },
});

const filesOf = (texts: Record<string, string>) => ({
  ...rootOf(texts),
  'packages/web/package.json': { name: 'web', scripts: texts },
  Makefile: `dev:\n\t${texts.dev ?? 'true'}\n`,
});

it('a command is planned whatever it says, and what is given stays as it was', () => {
  fc.assert(
    fc.property(words, scripts, port, (argv, texts, number) => {
      const given = Object.freeze([...argv]);
      const { inject } = planPort(given, projectOf(filesOf(texts)));
      expect(inject(number)).toEqual(inject(number));
      expect(given).toEqual(argv);
    }),
    runs(500),
  );
});

it('a command that names no known program comes back byte for byte', () => {
  const unknown = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `x-${text.replaceAll('/', '')}`);
  fc.assert(
    fc.property(unknown, fc.array(fc.string({ unit: 'binary' })), port, (program, args, number) => {
      const argv = [program, ...args];
      expect(planPort(argv, projectOf({})).inject(number)).toEqual({ argv });
    }),
  );
});

it('a command that is given ports for all of its servers is given each once, and needs nothing more', () => {
  const ports = Array.from({ length: 200 }, (_, index) => 20_000 + index);
  fc.assert(
    fc.property(scripts, (texts) => {
      const files = filesOf(texts);
      const first = planPort(['npm', 'run', 'dev'], projectOf(files));
      const count = 1 + first.more.length;
      const { scripts: rewrites = [], argv } = first.inject(...ports.slice(0, count));
      expect(projectOf(files).readFile('package.json')).toBe(
        projectOf(filesOf(texts)).readFile('package.json'),
      );
      const inRoot = rewrites.filter(({ file }) => file === 'package.json');
      fc.pre(inRoot.length === rewrites.length);
      const changed = Object.fromEntries(inRoot.map(({ script, to }) => [script, to]));
      const again = planPort(argv, projectOf({ ...files, ...rootOf({ ...texts, ...changed }) }));
      expect(again.more.length).toBe(first.more.length);
      expect(again.inject(...ports.slice(0, count))).toMatchObject({ argv });
      expect(again.inject(...ports.slice(0, count)).scripts).toBeUndefined();
    }),
    runs(500),
  );
});

it('a script that is given a port needs nothing more for that port', () => {
  fc.assert(
    fc.property(scripts, port, (texts, number) => {
      const first = planPort(['npm', 'run', 'dev'], projectOf(filesOf(texts))).inject(number);
      const { scripts: rewrites = [], argv } = first;
      const changed = Object.fromEntries(rewrites.map(({ script, to }) => [script, to]));
      const again = planPort(argv, projectOf(filesOf({ ...texts, ...changed }))).inject(number);
      expect(again.argv).toEqual(argv);
      expect(again.scripts).toBeUndefined();
    }),
    runs(500),
  );
});

it('direct arguments that are given a port need nothing more for that port', () => {
  fc.assert(
    fc.property(words, port, (argv, number) => {
      const once = planPort(argv, projectOf({})).inject(number).argv;
      expect(planPort(once, projectOf({})).inject(number).argv).toEqual(once);
    }),
    runs(1000),
  );
});
