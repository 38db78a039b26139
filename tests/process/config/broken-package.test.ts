import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeProject } from '../../e2e/support/project.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();

describe.each([
  [
    'a comma too many',
    '{\n  "scripts": {\n    "dev": "true",\n  }\n}\n',
    4,
    'expected a name in double quotes',
  ],
  ['scripts that are none', '{\n  "scripts": 5\n}\n', 2, '"scripts" is 5: expected an object'],
  [
    'a script that is no text',
    '{\n  "scripts": {\n    "dev": 5\n  }\n}\n',
    3,
    '"scripts.dev" is 5: expected a text',
  ],
  ['a list', '[]', 1, 'the file is []: expected an object'],
])('a package.json with %s', (what, text, line, problem) => {
  const project = () => {
    const cwd = writeProject(join(home.place, what.replaceAll(' ', '-')), { 'package.json': text });
    return { cwd, file: join(cwd, 'package.json') };
  };

  test.each([[['run', 'dev']], [['run']]])('is why styxy %j finds nothing to run', async (args) => {
    const { cwd, file } = project();
    const refused = await home.cli(args, { cwd });
    expectError(refused, 78, 'BAD_CONFIG');
    expect(refused.stderr).toContain(file);
    expect(refused.stderr).toContain(`line ${line}: ${problem}`);
  });

  test('is told by config validate and doctor, with the line', async () => {
    const { cwd, file } = project();
    const { code, stdout } = await home.cli(['config', 'validate', '--json'], { cwd });
    expect([code, JSON.parse(stdout)]).toMatchObject([78, { valid: false, problems: [{ file, line }] }]);
    const doctor = JSON.parse((await home.cli(['doctor', '--json'], { cwd })).stdout) as { checks: object[] };
    expect(doctor.checks).toContainEqual(
      expect.objectContaining({
        name: 'package scripts',
        ok: false,
        detail: expect.stringContaining(problem),
      }),
    );
  });
});

test('a package.json with mistakes is not passed over for the one of a folder above', async () => {
  const above = writeProject(join(home.place, 'above'), { 'package.json': { scripts: { dev: 'true' } } });
  const cwd = writeProject(join(above, 'below'), { 'package.json': '{' });
  expectError(await home.cli(['run', 'dev'], { cwd }), 78, 'BAD_CONFIG');
});

test('a configuration that is null is no configuration', async () => {
  const cwd = writeProject(join(home.place, 'null'), { 'package.json': { scripts: { dev: 'true' } } });
  writeFileSync(join(cwd, 'styxy.config.json'), 'null\n');
  const refused = await home.cli(['run', 'dev'], { cwd });
  expectError(refused, 78, 'BAD_CONFIG');
  expect(refused.stderr).toContain('line 1: the file is null: expected an object');
});
