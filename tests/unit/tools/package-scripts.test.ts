import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/tools/text/shell-parser.ts';
import { injected, packages, plan, planPort, PORT, projectOf, rewritten } from './support.ts';

const HTTP = 'python3 -m http.server';

describe('a package script', () => {
  it('says what it is, and has its text exchanged', () => {
    const demo = plan('npm run demo', { demo: `${HTTP} 8000` });
    expect(demo).toMatchObject({
      adapter: 'python-http-server',
      serviceType: 'dev',
      identity: { name: 'demo' },
      wanted: 8000,
      because: `package script "demo" runs ${HTTP}, which takes its port as an argument`,
    });
    expect(demo.inject(PORT)).toEqual({
      argv: ['npm', 'run', 'demo'],
      scripts: [{ script: 'demo', file: 'package.json', from: `${HTTP} 8000`, to: `${HTTP} 3456` }],
    });
  });

  it.each([
    'npm run dev',
    'npm run-script dev',
    'npm -s run dev',
    'npm run dev --silent',
    'npm --loglevel error run dev',
    'npm --prefix . run dev',
    'npm run --prefix=. dev',
    'npm -C . run dev',
    'pnpm run dev',
    'pnpm dev',
    'pnpm -C . -s dev',
    'pnpm run --silent dev',
    'yarn run dev',
    'yarn dev',
    'yarn --cwd . -s run dev',
    'corepack pnpm dev',
    'env A=b npm run dev',
    'npx npm@10 run dev',
  ])('is found in %s', (command) => {
    const scripts = { dev: 'vite' };
    expect(plan(command, scripts)).toMatchObject({ adapter: 'vite', identity: { name: 'dev' } });
    expect(injected(command, scripts)).toBe(command);
    expect(plan(command, scripts).inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
  });

  it.each(['start', 'test', 't', 'stop', 'restart'])('has a short form in npm: npm %s', (verb) => {
    const scripts = { start: 'vite', test: 'vite', stop: 'vite', restart: 'vite' };
    expect(plan(`npm ${verb}`, scripts).adapter).toBe('vite');
  });

  it('is that of each package in the folder and below it, where pnpm is asked for all and there is no workspace', () => {
    const found = planPort(
      ['pnpm', '-r', 'dev'],
      packages({ '.': { dev: 'vite' }, a: { dev: 'astro dev' }, b: {} }),
    );
    expect(found.programs.map(({ adapter, folder }) => [adapter, folder])).toEqual([
      ['vite', '.'],
      ['astro', 'a'],
    ]);
  });

  it.each([
    'npm dev',
    'npm run',
    'npm run missing',
    'npm --unknown 1 run dev',
    'npm run dev --workspaces',
    'npm run dev -w web',
    'npm run dev --script-shell bash',
    'pnpm --filter web dev',
    'pnpm missing',
    'yarn workspace web dev',
    'yarn',
    'bun run missing',
    'npm run toString',
    'npm run constructor',
  ])('is not guessed: %s', (command) => {
    expect(plan(command, { dev: 'vite' }).adapter).toBe('port-variable');
    expect(plan(command, { dev: 'vite' }).inject(PORT)).toEqual({ argv: command.split(' ') });
  });

  it('does not stand in for a command of the package manager itself', () => {
    for (const manager of ['pnpm', 'yarn', 'bun']) {
      expect(plan(`${manager} add`, { add: 'vite' }).adapter).toBe('port-variable');
    }
  });

  it('may be anything but a text in a broken package.json', () => {
    const scripts: Record<string, string> = JSON.parse('{"a": 1, "b": ["vite"], "c": null, "d": ""}');
    for (const name of ['a', 'b', 'c', 'd'])
      expect(plan(`npm run ${name}`, scripts).adapter).toBe('port-variable');
    for (const broken of ['{"name": "x"}', '[]', '{', '{"scripts": 1}', ''])
      expect(planPort(['npm', 'run', 'a'], projectOf({ 'package.json': broken })).adapter).toBe(
        'port-variable',
      );
  });
});

describe('arguments for a package script', () => {
  it.each([
    ['npm run dev -- --port 4000', 'npm run dev -- --port 3456 --strictPort'],
    [
      'npm run dev -s -- --host --port=4000 --open',
      'npm run dev -s -- --host --port=3456 --open --strictPort',
    ],
    ['pnpm dev --port 4000', 'pnpm dev --port 3456 --strictPort'],
    ['pnpm run dev --port=4000', 'pnpm run dev --port=3456 --strictPort'],
    ['yarn dev --port 4000', 'yarn dev --port 3456 --strictPort'],
    ['yarn dev -- --port 4000', 'yarn dev -- --port 3456 --strictPort'],
    ['bun run dev --port 4000', 'bun run dev --port 3456 --strictPort'],
    ['node --run dev -- --port 4000', 'node --run dev -- --port 3456 --strictPort'],
  ])('hold the port, and are edited in argv: %s', (command, expected) => {
    const found = plan(command, { dev: 'vite' });
    expect(found.wanted).toBe(4000);
    expect(found.inject(PORT)).toEqual({ argv: expected.split(' ') });
  });

  it('reach a tool that takes its port as an argument', () => {
    expect(injected('npm run demo 9000', { demo: HTTP })).toBe('npm run demo 3456');
  });

  it('leave the flag to the script when they say nothing of a port', () => {
    const { inject } = plan('npm run dev -- --host', { dev: 'vite' });
    expect(inject(PORT)).toMatchObject({ argv: ['npm', 'run', 'dev', '--', '--host'] });
    expect(inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
  });

  it('are options of no tool behind the -- that pnpm passes on', () => {
    const { inject, wanted } = plan('pnpm dev -- --port 4000', { dev: 'vite' });
    expect(wanted).toBeUndefined();
    expect(inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
  });

  it('that npm keeps for itself are not the tool’s', () => {
    expect(plan('npm run dev --port=4000', { dev: 'vite' }).wanted).toBeUndefined();
  });

  it('belong to the last command of the script only', () => {
    const found = plan('npm run dev -- --port 4000', { dev: 'vite & node x.js' });
    expect(found.wanted).toBeUndefined();
    expect(found.inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort & node x.js');
  });

  it('can turn a server into something else', () => {
    expect(plan('npm run vite -- build', { vite: 'vite' }).adapter).toBe('port-variable');
  });
});

describe('a script that runs another', () => {
  it('is followed to the server, and keeps the name the user typed', () => {
    const scripts = { demo: 'npm run --silent serve', serve: HTTP };
    const found = plan('yarn demo', scripts);
    expect(found).toMatchObject({ adapter: 'python-http-server', identity: { name: 'demo' } });
    expect(found.inject(PORT).scripts?.[0]).toEqual({
      script: 'serve',
      file: 'package.json',
      from: HTTP,
      to: `${HTTP} 3456`,
    });
  });

  it('may hold the port that it passes on', () => {
    expect(rewritten('npm run serve -- --port 4000', { serve: 'vite' })).toBe(
      'npm run serve -- --port 3456 --strictPort',
    );
  });

  it('may change the folder on the way', () => {
    const read = packages({
      '.': {
        dev: 'cd apps && npm run web',
        other: 'npm --prefix ./apps/web run dev',
        work: 'npm run dev -w apps/web',
      },
      apps: { web: 'pnpm -C web dev' },
      'apps/web': { dev: 'vite' },
    });
    const first = planPort(['npm', 'run', 'dev'], read);
    expect(first).toMatchObject({ adapter: 'vite', identity: { name: 'dev' } });
    expect(first.inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
    expect(planPort(['npm', 'run', 'other'], read).adapter).toBe('vite');
    expect(planPort(['npm', 'run', 'work'], read).adapter).toBe('vite');
    expect(
      planPort(['pnpm', '-C', '/repo/web', 'dev'], packages({ '/repo/web': { dev: 'vite' } })).adapter,
    ).toBe('vite');
  });

  it.each([
    'cd $DIR && npm run web',
    'cd "$DIR"; npm run web',
    'cd - && npm run web',
    'pushd x && npm run web',
  ])('is not followed to a folder that only the shell knows: %s', (script) =>
    expect(rewritten(script, { web: 'vite' })).toBeUndefined(),
  );

  it('may go round in circles', () => {
    const scripts = { a: 'npm run b', b: 'npm run a', self: 'npm run self -- x' };
    expect(plan('npm run a', scripts)).toMatchObject({ adapter: 'port-variable', identity: { name: 'a' } });
    expect(plan('npm run self', scripts)).toMatchObject({
      adapter: 'port-variable',
      identity: { name: 'self' },
    });
    expect(plan('npm run a', { a: 'npm run a & vite' }).adapter).toBe('vite');
  });

  it('is followed to any depth that people write', () => {
    const chain = (length: number) => ({
      ...Object.fromEntries(Array.from({ length }, (_, level) => [`s${level}`, `npm run s${level + 1}`])),
      [`s${length}`]: 'vite',
    });
    expect(plan('npm run s0', chain(9)).adapter).toBe('vite');
    expect(plan('npm run s0', chain(40)).adapter).toBe('port-variable');
  });

  it('costs little even when it is made to cost much', () => {
    const all = Array.from({ length: 50 }, (_, index) => `npm run s${index}`).join(' & ');
    const scripts = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`s${index}`, all]));
    let asked = 0;
    const project = packages({ '.': scripts });
    const library = { ...project.library, shell: (text: string) => ((asked += 1), parseShell(text)) };
    expect(planPort(['npm', 'run', 's0'], { ...project, library }).programs.length).toBeLessThanOrEqual(200);
    expect(asked).toBeLessThanOrEqual(200);
  });
});

describe('a runner that has a shell of its own', () => {
  it.each([
    ['bun run dev', 'bun run dev --port 3456 --strictPort'],
    ['bun dev --host', 'bun dev --host --port 3456 --strictPort'],
    ['bun --cwd=. run dev', 'bun --cwd=. run dev --port 3456 --strictPort'],
    ['node --run dev', 'node --run dev -- --port 3456 --strictPort'],
    ['node --run=dev -- --host', 'node --run=dev -- --host --port 3456 --strictPort'],
  ])('passes the port on: %s', (command, expected) => {
    expect(plan(command, { dev: 'vite' }).inject(PORT)).toEqual({ argv: expected.split(' ') });
  });

  it.each(['vite --port 5180', 'vite && echo done', 'PORT=5180 node x.js', 'vite -- --host'])(
    'leaves PORT to do it, for the script %s',
    (dev) => expect(plan('bun run dev', { dev }).inject(PORT)).toEqual({ argv: ['bun', 'run', 'dev'] }),
  );

  it('still tells which port the script has', () => {
    expect(plan('node --run dev', { dev: 'vite --port 5180' }).wanted).toBe(5180);
    expect(plan('bun run dev', { dev: 'PORT=5180 node x.js' }).wanted).toBe(5180);
  });

  it('can be reached through the script that calls it', () => {
    expect(rewritten('bun run web', { web: 'vite' })).toBe('bun run web --port 3456 --strictPort');
    expect(rewritten('node --run web && echo', { web: 'vite' })).toBe(
      'node --run web -- --port 3456 --strictPort && echo',
    );
  });
});

describe('a subcommand behind the name of a script', () => {
  it.each([
    ['npm run ng serve', 'ng', 'npm run ng serve -- --port 3456'],
    ['npm run ng -- serve', 'ng', 'npm run ng -- serve --port 3456'],
    ['pnpm ng serve', 'ng', 'pnpm ng serve --port 3456'],
    ['yarn ng serve', 'ng', 'yarn ng serve --port 3456'],
    ['npm run ng runserver', 'python manage.py', 'npm run ng runserver -- 3456'],
  ])('stands before what is added: %s', (command, ng, expected) => {
    const { argv, scripts } = plan(command, { ng }).inject(PORT);
    expect([argv.join(' '), scripts]).toEqual([expected, undefined]);
  });

  it('leaves a number that the script has where it is', () => {
    const { argv, scripts } = plan('npm run ng serve', { ng: 'ng --port 4300' }).inject(PORT);
    expect([argv.join(' '), scripts?.[0]?.to]).toEqual(['npm run ng serve', 'ng --port 3456']);
  });
});

it.each([
  ['sh start.sh', { 'start.sh': 'export PORT="${PORT:-3000}"\nexec node server.js\n' }, 3000],
  ['sh start.sh', { 'start.sh': 'PORT=${PORT-4000} next dev\n' }, 4000],
])('a variable that is set only where it is missing is ours to set: %s', (command, files, wanted) => {
  const found = planPort(command.split(' '), projectOf(files));
  expect(found).toMatchObject({ wanted, portOwner: 0 });
  expect(found.reached).not.toBe(false);
});
