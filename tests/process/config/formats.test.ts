import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();
/** Programs among them are read, too. */
const TRUSTING = { STYXY_TRUST: '1' };
const repository = (): string => join(home.place, 'repository');

beforeEach(() => {
  rmSync(repository(), { recursive: true, force: true });
  mkdirSync(join(repository(), '.git'), { recursive: true });
  writeFileSync(join(repository(), '.git', 'HEAD'), 'ref: refs/heads/main\n');
  mkdirSync(join(repository(), 'packages', 'web', 'src'), { recursive: true });
});

const write = (path: string, text: string): void => writeFileSync(join(repository(), path), text);
const configIn = async (folder = 'packages/web/src'): Promise<Record<string, unknown>> =>
  home.json(['config', 'show'], { cwd: join(repository(), folder), env: TRUSTING });
const servicesIn = async (folder?: string): Promise<unknown> => (await configIn(folder)).services;

const JSON_TEXT = '{"services": {"web": {"prefer": 3000}}}';
const FORMATS: [string, string, string][] = [
  ['styxy.config.json', 'JSON', JSON_TEXT],
  ['styxy.config.yaml', 'YAML', 'services:\n  web:\n    prefer: 3000\n'],
  ['.styxyrc', 'JSON without an ending', JSON_TEXT],
  ['.styxyrc', 'YAML without an ending', 'services: {web: {prefer: 3000}}\n'],
  ['.styxyrc.yml', 'YAML', 'services:\n  web:\n    prefer: 3000\n'],
  ['package.json', 'a key of package.json', `{"name": "x", "styxy": ${JSON_TEXT}}`],
  ['styxy.config.mjs', 'a module', 'export default { services: { web: { prefer: 2999 + 1 } } };'],
  ['styxy.config.cjs', 'CommonJS', 'module.exports = { services: { web: { prefer: 3000 } } };'],
  [
    'styxy.config.js',
    'a module without saying so',
    'export default { services: { web: { prefer: 3000 } } };',
  ],
  [
    'styxy.config.mjs',
    'a module that imports a package which is not installed here: this one',
    `import { defineConfig as d } from 'styxy';\nexport default d({ services: { web: { prefer: 3000 } } });`,
  ],
  [
    'styxy.config.cjs',
    'CommonJS that requires it',
    `const { defineConfig } = require('styxy');
     const { basename } = require('node:path');
     module.exports = defineConfig({ services: { [basename(__dirname) && 'web']: { prefer: 3000 } } });`,
  ],
  [
    'styxy.config.mjs',
    'a module that imports it in a way of its own',
    `import * as styxy from "styxy"
     const { defineConfig } = await import('styxy');
     export default styxy.defineConfig(defineConfig({ services: { web: { prefer: 3000 } } }));`,
  ],
  [
    'styxy.config.ts',
    'TypeScript that waits and knows its place',
    `import { defineConfig } from 'styxy';
     const place: string = import.meta.url;
     const port = await Promise.resolve(place.includes('styxy.config.ts') ? 3000 : 0);
     export default defineConfig({ services: { web: { prefer: port } } });`,
  ],
  [
    'styxy.config.ts',
    'TypeScript',
    `import { defineConfig, type StyxyConfig } from 'styxy';
     interface Ports { readonly web: number }
     const ports = { web: 3000 } as const satisfies Ports;
     enum Kind { Dev = 'dev' }
     const config: StyxyConfig = { services: { web: { prefer: ports.web as number } } };
     export default defineConfig(config);`,
  ],
];

test.each(FORMATS)('%s (%s) is found from a folder below', async (file, _, text) => {
  write(file, text);
  expect(await servicesIn()).toEqual({ web: { prefer: 3000 } });
});

test('TypeScript may import what lies beside it, and leaves nothing there', async () => {
  write('ports.mjs', 'export const web = 3000;');
  write(
    'styxy.config.ts',
    `import { web } from './ports.mjs';\nexport default { services: { web: { prefer: web! } } };`,
  );
  expect(await servicesIn()).toEqual({ web: { prefer: 3000 } });
  expect(readdirSync(repository()).toSorted()).toEqual(['.git', 'packages', 'ports.mjs', 'styxy.config.ts']);
});

test('the nearest configuration counts, and none outside of the repository', async () => {
  writeFileSync(join(home.place, 'styxy.config.json'), '{"services": {"outside": {}}}');
  expect(await servicesIn()).toBeUndefined();
  write('styxy.config.json', '{"services": {"top": {}}}');
  expect(await servicesIn()).toEqual({ top: {} });
  write('packages/web/package.json', '{"name": "web"}');
  expect(await servicesIn()).toEqual({ top: {} });
  write('packages/web/.styxyrc.json', '{"services": {"near": {}}}');
  expect(await servicesIn()).toEqual({ near: {} });
  expect(await servicesIn('packages')).toEqual({ top: {} });
  rmSync(join(home.place, 'styxy.config.json'));
});

test.each([
  ['styxy.config.json', '{\n  "services": {\n    "web": {}\n    "api": {}\n  }\n}', /4.*: expected ","/],
  [
    'styxy.config.json',
    '{\n  "services": {\n    "web": {\n      "prefered": 3000 }}}',
    /4: .*did you mean "prefer"\?/,
  ],
  [
    'package.json',
    '{\n "styxy": {\n  "services": {\n   "web": { "prefer": 0 }}}}',
    /4: "services.web.prefer" is 0/,
  ],
  ['styxy.config.yaml', 'services:\n  web: [', /\(\d:\d+\)/],
  ['styxy.config.mjs', 'throw new Error("not today");', /not today/],
  ['styxy.config.mjs', 'export const config = {};', /no default export/],
  ['styxy.config.mjs', "import 'not-there';\nexport default {};", /not-there/],
  ['styxy.config.cjs', "require('./not-there.cjs');", /not-there/],
  ['styxy.config.ts', 'export default {', /Unexpected token/],
  ['styxy.config.ts', 'export default () => ({});', /expected an object/],
])(
  '%s with a mistake (%j) is named by every command that needs it, with exit code 78',
  async (file, text, why) => {
    write(file, text);
    for (const command of [['env'], ['run', 'web'], ['config', 'validate']]) {
      const exit = await home.cli(command, { cwd: repository(), env: TRUSTING });
      expect(exit.code, exit.story).toBe(78);
      expect(`${exit.stdout}${exit.stderr}`).toContain(file);
      expect(`${exit.stdout}${exit.stderr}`).toMatch(why);
    }
  },
);

test('Node warns of nothing where the configuration is a program', async () => {
  write('styxy.config.mjs', 'export default { services: { web: { command: "node s.js" } } };');
  const commands = [['config', 'validate'], ['config', 'show', '--origin'], ['up', '--dry-run'], ['doctor']];
  for (const command of commands) {
    const exit = await home.cli(command, { cwd: repository(), env: TRUSTING });
    expect(exit.stderr, exit.story).not.toContain('Warning');
  }
});
