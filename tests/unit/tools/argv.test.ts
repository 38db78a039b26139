import { describe, expect, it } from 'vitest';
import { injected, plan, planPort, PORT, projectOf } from './support.ts';

const noPackage = projectOf({});

describe('a tool that is started directly', () => {
  it.each([
    ['vite', 'vite --port 3456 --strictPort'],
    ['vite dev', 'vite dev --port 3456 --strictPort'],
    ['vite serve --host', 'vite serve --host --port 3456 --strictPort'],
    ['vite preview', 'vite preview --port 3456 --strictPort'],
    ['vite ./app', 'vite ./app --port 3456 --strictPort'],
    ['vite --config web.config.ts', 'vite --config web.config.ts --port 3456 --strictPort'],
    ['./node_modules/.bin/vite', './node_modules/.bin/vite --port 3456 --strictPort'],
    [
      'C:\\app\\node_modules\\.bin\\vite.cmd',
      'C:\\app\\node_modules\\.bin\\vite.cmd --port 3456 --strictPort',
    ],
    ['node node_modules/vite/bin/vite.js', 'node node_modules/vite/bin/vite.js --port 3456 --strictPort'],
    ['vite docs', 'vite docs --port 3456 --strictPort'],
    ['next', 'next'],
    ['next dev --turbopack', 'next dev --turbopack'],
    ['next start', 'next start'],
    ['python3 -m http.server', 'python3 -m http.server 3456'],
    ['python3.11 -u -mhttp.server', 'python3.11 -u -mhttp.server 3456'],
    ['py -3.12 -m http.server', 'py -3.12 -m http.server 3456'],
    ['python -m http.server -d dist', 'python -m http.server -d dist 3456'],
  ])('is given the port where it has none, and reads no variable: %s', (command, expected) => {
    expect(injected(command)).toBe(expected);
    expect(plan(command)).toMatchObject({ serviceType: 'dev', wanted: undefined });
  });

  it.each([
    ['vite --port 5180', 'vite --port 3456 --strictPort', 5180],
    ['vite --port=5180 --open', 'vite --port=3456 --open --strictPort', 5180],
    ['vite --port 5180 --strictPort', 'vite --port 3456 --strictPort', 5180],
    ['vite --strictPort --port 5180 dev', 'vite --strictPort --port 3456 dev', 5180],
    ['vite --strictPort=false --port 5180', 'vite --strictPort=false --port 3456', 5180],
    ['vite --port 1 --port 2', 'vite --port 1 --port 3456 --strictPort', 2],
    ['vite --port 0', 'vite --port 3456 --strictPort', undefined],
    ['next dev -p 4000', 'next dev -p 3456', 4000],
    ['next -p4000', 'next -p3456', 4000],
    ['next start --port=4000 -H 0.0.0.0', 'next start --port=3456 -H 0.0.0.0', 4000],
    ['python3 -m http.server 8000', 'python3 -m http.server 3456', 8000],
    ['python3 -m http.server --bind ::1 8000', 'python3 -m http.server --bind ::1 3456', 8000],
    ['python3 -m http.server 8000 --bind ::1', 'python3 -m http.server 3456 --bind ::1', 8000],
    ['servor dist index.html 8080 --reload', 'servor dist index.html 3456 --reload', 8080],
    ['perl app.pl daemon -l http://*:3000', 'perl app.pl daemon -l http://*:3456', 3000],
    ['python3 -m http.server -d 9000 8000', 'python3 -m http.server -d 9000 3456', 8000],
  ])('has its number replaced where it stands: %s', (command, expected, wanted) => {
    expect(injected(command)).toBe(expected);
    expect(plan(command).wanted).toBe(wanted);
  });

  it('takes no option from behind a lone --', () => {
    expect(injected('vite -- --port 5180')).toBe('vite --port 3456 --strictPort -- --port 5180');
    expect(plan('vite -- --port 5180').wanted).toBeUndefined();
  });

  it.each([
    'vite build',
    'vite -h',
    'npm run dev --help',
    'npm -h run dev',
    'npm run dev --version',
    'jupyter lab list',
    'jupyter-lab stop 8888',
    'docker compose up --help',
    'foreman start --help',
    'npx -y @playwright/mcp',
    'vite optimize',
    'vite --mode production build',
    'vite --force build',
    'next build',
    'next lint',
    'next telemetry disable',
    'python3 server.py',
    'python3 -c pass -m http.server',
    'python3 app.py -m http.server',
    'python3 -m http.client',
    'echo vite',
    'rm -rf .next/vite',
    'grep -r next dev',
    'vite.config.ts',
    'vitest',
    'npx @acme/vite',
    'npx acme/vite',
    'toString',
  ])('is recognised only where a program that serves stands: %s', (command) => {
    expect(plan(command)).toMatchObject({
      adapter: 'port-variable',
      serviceType: undefined,
      wanted: undefined,
    });
    expect(injected(command)).toBe(command);
  });

  it('is not seen inside a quoted argument', () => {
    const { adapter, inject } = planPort(['git', 'commit', '-m', 'vite --port 1'], noPackage);
    expect(adapter).toBe('port-variable');
    expect(inject(PORT)).toEqual({ argv: ['git', 'commit', '-m', 'vite --port 1'] });
  });

  it.each([
    'vite --port',
    'vite --port abc',
    'vite --port=',
    'next -p 99999',
    'python3 -m http.server abc',
    'python3 -m http.server --unknown x',
  ])('is left alone when its port makes no sense: %s', (command) => {
    expect(plan(command).serviceType).toBe('dev');
    expect(plan(command).wanted).toBeUndefined();
    expect(injected(command)).toBe(command);
  });
});

describe('any other program', () => {
  it.each(['node server.js --port 3000', 'server -p 3000', 'deno run -A main.ts'])(
    'keeps its arguments: %s',
    (command) => {
      expect(plan(command)).toMatchObject({ adapter: 'port-variable', wanted: undefined });
      expect(injected(command)).toBe(command);
    },
  );

  it('has a PORT replaced that its command sets', () => {
    expect(plan('env PORT=4000 node x.js').wanted).toBe(4000);
    expect(injected('env -u HOST A=1 PORT=4000 node x.js')).toBe('env -u HOST A=1 PORT=3456 node x.js');
    expect(injected('cross-env PORT=4000 node x.js')).toBe('cross-env PORT=3456 node x.js');
  });

  it('may be no program at all', () => {
    expect(planPort([], noPackage)).toMatchObject({ adapter: 'port-variable', identity: { name: 'app' } });
    expect(planPort([], noPackage).inject(PORT)).toEqual({ argv: [] });
  });
});

describe('a command that says itself where the port goes', () => {
  it('is recognised, and not changed', () => {
    const vite = plan('vite --port {port}');
    expect(vite).toMatchObject({
      adapter: 'vite',
      serviceType: 'dev',
      identity: { name: 'vite' },
      wanted: undefined,
    });
    expect(vite.because).toContain('{port}');
    expect(injected('vite --host h{port}.test')).toBe('vite --host h{port}.test');
  });

  it('keeps its package script too', () => {
    const { inject } = plan('npm run dev -- --port={port}', { dev: 'vite --port 5180' });
    expect(inject(PORT)).toEqual({ argv: ['npm', 'run', 'dev', '--', '--port={port}'] });
  });
});

it('leaves the given argv as it is', () => {
  const argv = Object.freeze(['vite', '--port', '5180']);
  const { inject } = planPort(argv, noPackage);
  expect([inject(1).argv[2], inject(2).argv[2], argv[2]]).toEqual(['1', '2', '5180']);
});
