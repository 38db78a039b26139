import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeProject } from '../../e2e/support/project.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();
const TABLE = `| Type | Range | Preferred |\n| --- | --- | --- |\n| charts | 14200-14219 | 14200 |\n`;
const CHARTS = { port_range: [14_200, 14_219], preferred_ports: [14_200] };

const project = (name: string, files: Record<string, string | object>) =>
  writeProject(join(home.place, name), files);
const init = (cwd: string, ...flags: string[]) => home.cli(['init', ...flags], { cwd });
const dryRun = (cwd: string, type: string) =>
  home.json<{ port: number }>(['run', '--dry-run', '--type', type, '--', 'node', '-e', '0'], { cwd });

describe('styxy init --service-types', () => {
  test.each([
    ['ports.md', TABLE],
    ['ports.json', JSON.stringify({ service_types: { charts: CHARTS } })],
    ['ports.yaml', 'charts:\n  range: 14200-14219\n  preferred: [14200]\n'],
  ])('writes the types of %s into the configuration, and they are in force', async (name, text) => {
    const folder = project(name.replace('.', '-'), { [name]: text, 'package.json': { scripts: {} } });
    expect((await init(folder, '--service-types', name)).stdout).toContain(
      '+   "charts": 14200-14219, preferred 14200',
    );
    expect(existsSync(join(folder, 'styxy.config.json'))).toBe(false);
    await init(folder, '--yes', '--service-types', name);
    const config = JSON.parse(readFileSync(join(folder, 'styxy.config.json'), 'utf8')) as object;
    expect(config).toEqual({ service_types: { charts: CHARTS } });
    expect((await dryRun(folder, 'charts')).port).toBe(14_200);
    expect((await init(folder, '--check', '--service-types', name)).code).toBe(0);
    await init(folder, '--undo');
    expect(existsSync(join(folder, 'styxy.config.json'))).toBe(false);
  });

  test('keeps what the configuration says, and gives it back', async () => {
    const before = `{ "services": { "web": { "type": "charts" } } }`;
    const folder = project('kept', {
      'ports.md': TABLE,
      'package.json': { scripts: { dev: 'vite' } },
      'styxy.config.json': before,
    });
    await init(folder, '--yes', '--service-types', 'ports.md');
    expect(readFileSync(join(folder, 'styxy.config.json'), 'utf8')).toMatch(
      /^\{ "services": \{ "web": \{ "type": "charts" \} \}, "service_types": /,
    );
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain('styxy.cjs run -- vite');
    await init(folder, '--undo');
    expect(readFileSync(join(folder, 'styxy.config.json'), 'utf8')).toBe(before);
  });

  test('writes both into a package.json that has the configuration', async () => {
    const folder = project('one-file', {
      'ports.md': TABLE,
      'package.json': { scripts: { dev: 'vite' }, styxy: { services: {} } },
    });
    const before = readFileSync(join(folder, 'package.json'), 'utf8');
    await init(folder, '--yes', '--service-types', 'ports.md');
    const after = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
    expect(after).toMatchObject({
      scripts: { dev: 'node styxy.cjs run -- vite' },
      styxy: { service_types: { charts: CHARTS } },
    });
    await init(folder, '--undo');
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(before);
  });

  test('needs no package.json', async () => {
    const folder = project('python', { 'ports.md': TABLE });
    expect((await init(folder, '--yes', '--service-types', 'ports.md')).code).toBe(0);
    expect(existsSync(join(folder, 'styxy.config.json'))).toBe(true);
  });

  test.each([
    ['a document without types', 'notes.md', '# Nothing\n', 'tells no service types'],
    ['a range of another type', 'bad.md', TABLE.replace('14200-14219', '3050-3060'), 'overlap'],
    ['text that is no JSON', 'bad.json', '{', 'is not JSON'],
    ['a file that is not there', 'other.md', undefined, 'there is no gone.md'],
  ])('refuses %s, and changes nothing', async (_, name, text, message) => {
    const folder = project(`bad-${name.replace('.', '-')}`, {
      [name]: text ?? TABLE,
      'package.json': { scripts: { dev: 'vite' } },
    });
    const exit = await init(folder, '--yes', '--service-types', text === undefined ? 'gone.md' : name);
    expectError(exit, 78, 'BAD_CONFIG');
    expect(exit.stderr).toContain(message);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).not.toContain('styxy');
  });
});

describe('"extends" in the configuration', () => {
  test('takes a file, and what the file itself says wins', async () => {
    const folder = project('extends', {
      'team.yaml':
        'service_types:\n  charts: { port_range: [14200, 14219] }\n  graphs: { port_range: [14220, 14229] }\n',
      'web/styxy.config.json': {
        extends: '../team.yaml',
        service_types: { charts: { port_range: [14_210, 14_219] } },
      },
      'package.json': {},
    });
    const web = join(folder, 'web');
    expect((await dryRun(web, 'charts')).port).toBe(14_210);
    expect((await dryRun(web, 'graphs')).port).toBe(14_220);
    expect((await home.cli(['config', 'validate'], { cwd: web })).code).toBe(0);
  });

  test('takes a package', async () => {
    const folder = project('extends-package', {
      'node_modules/@acme/ports/package.json': { name: '@acme/ports' },
      'node_modules/@acme/ports/styxy.config.json': { service_types: { charts: CHARTS } },
      'styxy.config.json': { extends: ['@acme/ports'] },
      'package.json': {},
    });
    expect((await dryRun(folder, 'charts')).port).toBe(14_200);
  });

  test.each([
    ['what is not there', './gone.json', 'gone.json'],
    ['a package that is not there', '@acme/gone', 'there is no package @acme/gone'],
    ['a program', './team.js', 'only JSON and YAML'],
    ['itself', './styxy.config.json', 'circle'],
    ['what is wrong', './wrong.json', 'wrong.json'],
  ])('refuses %s', async (_, name, message) => {
    const folder = project('extends-wrong', {
      'styxy.config.json': { extends: name },
      'wrong.json': { service_types: { charts: { port_range: 5 } } },
      'package.json': {},
    });
    writeFileSync(join(folder, 'team.js'), `require('node:fs').writeFileSync('ran', '')`);
    const exit = await home.cli(['env'], { cwd: folder });
    expectError(exit, 78, 'BAD_CONFIG');
    expect(exit.stderr).toContain(message);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});
