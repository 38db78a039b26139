import { describe, expect, test } from 'vitest';
import { changedScripts, planInit, type InitWishes } from '../../../src/init/plan.ts';
import { unwrapped, wrapperWords } from '../../../src/init/unwrap.ts';
import { type Files, projectOf } from '../tools/support.ts';

const LISTENS = `require('http').createServer().listen(process.env.PORT || 4000)`;
const wrapper: InitWishes['wrapper'] = (dir) => wrapperWords('launcher', dir);

function planOf(files: Files, wishes: Partial<InitWishes> = {}) {
  return planInit(projectOf(files), { wrapper, ...wishes });
}

/** The script as it is to be, with `@` for the wrapper. */
function rewritten(
  script: string,
  { name = 'dev', files = {} }: { name?: string; files?: Files } = {},
): string {
  const own = { dependencies: { express: '*' }, scripts: { [name]: script, other: 'vite' } };
  const { scripts } = planOf({ 'package.json': own, 'server.js': LISTENS, 'api.js': LISTENS, ...files });
  const { after } = scripts.find((each) => each.name === name && each.dir === '.')!;
  return after.replaceAll('node styxy.cjs run -- ', '@');
}

describe('the wrapper stands before the command that binds a port', () => {
  test.each([
    ['alone', 'vite', '@vite'],
    ['with a number', 'python3 -m http.server 8000', '@python3 -m http.server 8000'],
    ['after variables', 'FOO=1 BAR="a b" vite --port 4000', 'FOO=1 BAR="a b" @vite --port 4000'],
    ['after what only builds', 'tsc && node server.js', 'tsc && @node server.js'],
    ['after what waits', 'wait-on tcp:5432 && vite', 'wait-on tcp:5432 && @vite'],
    ['beside another one', 'vite & node api.js & wait', '@vite & @node api.js & wait'],
    ['before what sets variables for it', 'cross-env A=1 webpack serve', '@cross-env A=1 webpack serve'],
    [
      'before a watcher',
      'nodemon --exec "ts-node src/index.ts"',
      '@nodemon --exec "ts-node src/index.ts"',
      'src/index.ts',
    ],
    ['before a package runner', 'npx vite', '@npx vite'],
    ['behind words of the shell', 'exec vite', 'exec @vite'],
    ['in a subshell', '(cd client && vite)', '(cd client && @vite)'],
    ['as Windows writes variables', 'set PORT=3000&& vite', 'set PORT=3000&& @vite'],
    [
      'in texts that run side by side',
      `concurrently "vite" 'node api.js'`,
      `concurrently "@vite" '@node api.js'`,
    ],
    ['in one of them', 'concurrently -k -n w,t "vite" "tsc -w"', 'concurrently -k -n w,t "@vite" "tsc -w"'],
    [
      'behind variables in a text',
      'concurrently "PORT=3 node api.js" "vite"',
      'concurrently "PORT=3 @node api.js" "@vite"',
    ],
    ['in a text for a shell', 'bash -c "tsc -w & vite"', 'bash -c "tsc -w & @vite"'],
    [
      'before texts whose quotes have quotes in them',
      String.raw`concurrently "echo \"x\" && vite"`,
      String.raw`@concurrently "echo \"x\" && vite"`,
    ],
    [
      'where the last of several commands serves',
      'vite build && vite preview',
      'vite build && @vite preview',
    ],
  ])('%s', (_, script, expected, file?: string) => {
    expect(rewritten(script, { files: file === undefined ? {} : { [file]: LISTENS } })).toBe(expected);
  });

  test.each([
    ['start', 'node dist/server.js'],
    ['start:prod', 'node dist/main'],
    ['start', 'node .output/server/index.mjs'],
  ])('of a file that a build makes: %s: %s', (name, script) => {
    expect(rewritten(script, { name })).toBe(`@${script}`);
  });
});

describe('a script stays as it is', () => {
  test.each([
    ['when it builds', 'vite build'],
    ['when it tests', 'vitest run'],
    ['when it tests with a port of its own', 'cypress run'],
    ['when it starts containers', 'docker run -p 8080:80 nginx'],
    ['when it runs scripts, which have their own', 'npm run other'],
    ['when it runs several of them', 'run-p other other'],
    ['when it names them in texts', 'concurrently "npm:other" "npm run other"'],
    ['when the user has said no', 'STYXY=0 vite'],
    ['when it is wrapped', 'styxy run -- vite'],
    ['when it is wrapped by npx', 'npx styxy run --name web -- vite'],
    ['when it has the launcher', 'node ../../styxy.cjs run -- vite'],
    ['when only its words speak of a server', 'echo "vite" && eslint vite'],
    ['when the shell would refuse it', 'vite "'],
  ])('%s', (_, script) => {
    expect(rewritten(script)).toBe(script);
  });

  test('when its file is there and does not listen', () => {
    expect(rewritten('node cli.js', { name: 'start', files: { 'cli.js': 'console.log(1)' } })).toBe(
      'node cli.js',
    );
  });
});

describe('the user has the last word', () => {
  const files = {
    'package.json': { scripts: { dev: 'my-server', web: 'vite', docs: 'vitepress dev', if: 'vite' } },
  };
  const changed = (wishes: Partial<InitWishes>) =>
    changedScripts(planOf(files, wishes)).map(({ name }) => name);

  test('about what nothing is known of', () => {
    expect(
      planOf(files)
        .scripts.filter(({ isUnsure }) => isUnsure)
        .map(({ name }) => name),
    ).toEqual(['dev']);
    expect(changed({})).toEqual(['web', 'docs', 'if']);
    expect(changed({ also: ['dev'] })).toEqual(['dev', 'web', 'docs', 'if']);
  });

  test('about what is left out', () => {
    expect(changed({ only: ['web'] })).toEqual(['web']);
    expect(changed({ except: ['.:web', 'docs'] })).toEqual(['if']);
  });

  test('about a file that is not built yet, where nothing says that it serves', () => {
    const { scripts } = planOf({ 'package.json': { scripts: { start: 'node build/index.js' } } });
    expect(scripts).toMatchObject([{ isUnsure: true, after: 'node build/index.js' }]);
    const { scripts: meant } = planOf(
      { 'package.json': { scripts: { start: 'node build/index.js' } } },
      { also: ['start'] },
    );
    expect(meant[0]?.after).toBe('node styxy.cjs run -- node build/index.js');
  });

  test('about a condition, in which a server stands', () => {
    const { scripts } = planOf({ 'package.json': { scripts: { dev: 'if [ -f x ]; then vite; fi' } } });
    expect(scripts).toMatchObject([{ isUnsure: true, after: 'if [ -f x ]; then vite; fi' }]);
  });
});

describe('every package of the project is looked at', () => {
  test('of a workspace, each with its own way to the launcher', () => {
    const plan = planOf({
      'package.json': { workspaces: ['apps/*'], scripts: { dev: 'npm run dev --workspaces' } },
      'apps/web/package.json': { name: 'web', scripts: { dev: 'vite' } },
      'apps/api/package.json': { name: 'api', scripts: { dev: 'node server.js', build: 'tsc' } },
      'apps/api/server.js': LISTENS,
    });
    expect(changedScripts(plan).map(({ dir, name, after }) => [dir, name, after])).toEqual([
      ['apps/web', 'dev', 'node ../../styxy.cjs run -- vite'],
      ['apps/api', 'dev', 'node ../../styxy.cjs run -- node server.js'],
    ]);
  });

  test('those that scripts run in folders that no workspace names', () => {
    const plan = planOf({
      'package.json': { scripts: { client: 'npm start --prefix client', dev: 'vite' } },
      'client/package.json': { scripts: { start: 'react-scripts start' } },
    });
    expect(changedScripts(plan).map(({ dir, name }) => `${dir}:${name}`)).toEqual(['.:dev', 'client:start']);
  });
});

test.each([
  ['node styxy.cjs run -- vite', 'vite'],
  [
    'concurrently "node ../styxy.cjs run -- vite" "A=1 node ../styxy.cjs run --name x -- node a.js"',
    'concurrently "vite" "A=1 node a.js"',
  ],
  ['styxy run -- vite', 'styxy run -- vite'],
  ['vite -- x', 'vite -- x'],
])('the launcher is taken out of %s', (script, expected) => {
  expect(unwrapped(script)).toBe(expected);
});
