import { describe, expect, it } from 'vitest';
import { nxServers } from '../../../src/tools/runners/nx.ts';
import { type Files, planPort, PORT, projectOf } from './support.ts';

/** `vite@apps/web:5173`: each program that a command starts, its folder when it is another one, and its port. */
function programs(command: string, files: Files): string[] {
  const found = planPort(command.split(' '), projectOf(files)).programs;
  return found
    .filter(({ binds }) => binds === 'yes')
    .map(({ name, folder, port }) => `${name}${folder === '.' ? '' : `@${folder}`}:${port ?? ''}`)
    .toSorted();
}

const site = { name: '@acme/site', scripts: { dev: 'vite --port 5180', build: 'vite build' } };
const api = { name: 'api', scripts: { dev: 'uvicorn app:app' } };
const workspace = {
  'package.json': { private: true, workspaces: ['packages/*'], scripts: { dev: 'turbo run dev' } },
  'packages/site/package.json': site,
  'packages/api/package.json': api,
};

describe('a package of a workspace', () => {
  it.each([
    'npm run dev -w @acme/site',
    'npm run dev --workspace=@acme/site',
    'npm --workspace packages/site run dev',
    'pnpm --filter @acme/site dev',
    'pnpm -F @acme/site run dev',
    'pnpm --filter=./packages/site dev',
    'pnpm --filter site... run dev',
    'yarn workspace @acme/site dev',
    'yarn workspace @acme/site run dev',
    'bun run --filter @acme/site dev',
    'turbo run dev --filter=@acme/site',
    'turbo @acme/site#dev',
    'lerna run dev --scope @acme/site',
  ])('is found by name or folder: %s', (command) => {
    expect(programs(command, workspace)).toEqual(['vite@packages/site:5180']);
  });

  it.each([
    'npm run dev -ws',
    'pnpm -r dev',
    'pnpm -r --parallel run dev',
    'pnpm --filter ./packages/** dev',
    'yarn workspaces run dev',
    'yarn workspaces foreach --all --parallel run dev',
    'yarn workspaces foreach -Api run dev',
    'turbo dev',
    'npx turbo run dev',
    'npm run dev',
    'lerna run dev',
  ])('is one of all of them: %s', (command) => {
    expect(programs(command, workspace)).toEqual(['uvicorn@packages/api:8000', 'vite@packages/site:5180']);
  });

  it.each([
    'turbo dev --filter=!api',
    'pnpm -r --filter !api dev',
    'yarn workspaces foreach -A --exclude api run dev',
  ])('is left out: %s', (command) => {
    expect(programs(command, workspace)).toEqual(['vite@packages/site:5180']);
  });

  it('has its text exchanged where it stands', () => {
    const found = planPort('npm run dev -w @acme/site'.split(' '), projectOf(workspace));
    expect(found.inject(PORT).scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
    expect(found.place).toEqual({ file: 'packages/site/package.json', line: 4 });
  });

  it('is found where pnpm-workspace.yaml or lerna.json names the folders', () => {
    const { 'package.json': _, ...others } = workspace;
    const yaml = { ...others, 'pnpm-workspace.yaml': 'packages:\n  - "packages/*"\n  - "!packages/api"\n' };
    expect(programs('pnpm -r dev', yaml)).toEqual(['vite@packages/site:5180']);
    const lerna = { ...others, 'lerna.json': { packages: ['packages/*'] } };
    expect(programs('lerna run dev', lerna)).toHaveLength(2);
  });

  it('gets its variables through turbo, which is told to pass them on', () => {
    const found = planPort(['turbo', 'run', 'dev', '--filter=api'], projectOf(workspace));
    expect(found.inject(PORT).env).toEqual({ TURBO_ENV_MODE: 'loose', UVICORN_PORT: String(PORT) });
  });

  it('gets no variable through a turbo that is told to be strict, unless turbo.json passes it on', () => {
    const strict = ['turbo', 'run', 'dev', '--filter=api', '--env-mode=strict'];
    const [uvicorn] = planPort(strict, projectOf(workspace)).programs;
    expect(uvicorn?.edits).toMatchObject({
      reached: false,
      how: expect.stringContaining('globalPassThroughEnv'),
    });
    const passing = { ...workspace, 'turbo.json': '{ // strict\n "globalPassThroughEnv": ["UVICORN_*"], }' };
    const [through] = planPort(strict, projectOf(passing)).programs;
    expect(through?.edits.reached).toBe(true);
  });
});

describe('several programs in one command', () => {
  const scripts = {
    web: 'vite',
    api: 'flask run',
    'watch:css': 'sass -w',
    'watch:js': 'webpack serve',
    both: 'run-p web api',
  };
  it.each([
    ['npm run both', ['flask:5000', 'vite:5173']],
    ['run-p web watch:*', ['vite:5173', 'webpack:8080']],
    ['npm-run-all --parallel web api', ['flask:5000', 'vite:5173']],
    ['run-s web api', ['flask:5000', 'vite:5173']],
    ['concurrently npm:web npm:watch:*', ['vite:5173', 'webpack:8080']],
    ['npx concurrently -k -n a,b npm:api pnpm:web', ['flask:5000', 'vite:5173']],
  ])('%s', (command, expected) => {
    expect(programs(command, { 'package.json': { scripts } })).toEqual(expected);
  });

  it('each have their own number', () => {
    const dev = 'concurrently -n web,api "vite --port 3000" "uvicorn app:app --port 8000"';
    const found = planPort(
      ['npm', 'run', 'dev'],
      projectOf({ 'package.json': { scripts: { dev } } }),
    ).programs;
    expect(found.map(({ trail, port }) => [trail.at(-1)?.name, port])).toEqual([
      ['web', 3000],
      ['api', 8000],
    ]);
  });

  it('are those that wireit lets run', () => {
    const wireit = {
      dev: { command: 'vite', dependencies: ['api', 'build'] },
      api: { command: 'flask run' },
      build: { command: 'tsc' },
    };
    expect(
      programs('npm run dev', { 'package.json': { scripts: { dev: 'wireit', api: 'wireit' }, wireit } }),
    ).toEqual(['flask:5000', 'vite:5173']);
  });
});

describe('a file of tasks or processes', () => {
  const makefile =
    'PORT ?= 8123\n.PHONY: run\nrun: build\n\t@uvicorn app:app --port $(PORT) \\\n\t  --reload\nbuild:\n\tgo build\n';
  it.each<[string, Files, string[]]>([
    ['make run', { Makefile: makefile }, ['uvicorn:8123']],
    ['make -C backend run', { 'backend/Makefile': makefile }, ['uvicorn@backend:8123']],
    ['just dev', { justfile: 'port := "1"\ndev: build\n  vite --port 4000\nbuild:\n  tsc\n' }, ['vite:4000']],
    [
      'task dev',
      {
        'Taskfile.yml':
          'version: 3\ntasks:\n  dev:\n    deps: [db]\n    dir: web\n    cmds:\n      - vite\n  db:\n    cmds: [redis-server]\n',
      },
      ['redis:6379', 'vite@web:5173'],
    ],
    [
      'mise run dev',
      { 'mise.toml': '[tasks.dev]\nrun = ["tsc", "vite"]\ndepends = ["api"]\n[tasks]\napi = "flask run"\n' },
      ['flask:5000', 'vite:5173'],
    ],
    ['deno task dev', { 'deno.jsonc': '{ // tasks\n "tasks": { "dev": "vite" } }' }, ['vite:5173']],
    [
      'deno task dev',
      { 'deno.json': { tasks: { dev: { dependencies: ['web', 'dev'] }, web: { command: 'vite' } } } },
      ['vite:5173'],
    ],
    ['tsx watch --include ./lib/** a.ts', { 'a.ts': 'app.listen(4020)' }, ['a:4020']],
    [
      'composer dev',
      {
        'composer.json': {
          scripts: { dev: ['Composer\\Config::disableProcessTimeout', '@php artisan serve'] },
        },
      },
      ['laravel:8000'],
    ],
    [
      'foreman start -f Procfile.dev',
      { 'Procfile.dev': 'web: bin/rails server -p 3000\ncss: tailwindcss -w\ndb: postgres -D data\n' },
      ['postgres:5432', 'rails:3000'],
    ],
    ['overmind start -l web', { Procfile: 'web: puma\nworker: sidekiq\ndb: postgres\n' }, ['puma:9292']],
    ['honcho start web', { Procfile: 'web: gunicorn app:app\ndb: postgres\n' }, ['gunicorn:8000']],
    [
      'bin/dev',
      {
        'bin/dev': '#!/usr/bin/env bash\nset -e\nexec foreman start -f Procfile.dev "$@"\n',
        'Procfile.dev': 'web: bin/rails s\n',
      },
      ['rails:3000'],
    ],
    ['bash scripts/start.sh', { 'scripts/start.sh': 'cd web\nexec vite --port 4000\n' }, ['vite@web:4000']],
    [
      'mprocs',
      { 'mprocs.yaml': 'procs:\n  web:\n    shell: vite\n  api:\n    cmd: ["flask", "run"]\n' },
      ['flask:5000', 'vite:5173'],
    ],
    ['nodemon', { 'nodemon.json': { exec: 'flask run' } }, ['flask:5000']],
    [
      'pm2 start ecosystem.config.js',
      {
        'ecosystem.config.js': 'module.exports = {apps: [{script: "server.js"}]}',
        'server.js': 'app.listen(4000)',
      },
      ['server:4000'],
    ],
    [
      'playwright test',
      {
        'playwright.config.ts':
          'export default { webServer: { command: process.env.CI ? "npm start" : "vite --port 5199", port: 5199 } }',
      },
      ['vite:5199'],
    ],
    [
      'start-server-and-test dev 5173 e2e',
      { 'package.json': { scripts: { dev: 'vite', e2e: 'cypress run' } } },
      ['vite:5173'],
    ],
  ])('%s', (command, files, expected) => {
    expect(programs(command, files)).toEqual(expected);
  });

  it('is named, with the line, as the reason', () => {
    const found = planPort(['make', 'run'], projectOf({ Makefile: makefile }));
    expect(found.place).toEqual({ file: 'Makefile', line: 3 });
    expect(found.because).toContain('task "run" runs uvicorn');
  });

  it('keeps its text, where only its owner changes it', () => {
    const found = planPort(['make', 'run'], projectOf({ Makefile: makefile }));
    expect(found.programs[0]?.edits).toMatchObject({ reached: false, wanted: 8123 });
    expect(found.inject(PORT)).toEqual({ argv: ['make', 'run'] });
  });
});

describe('what stands before a program', () => {
  it.each([
    'dotenv -e .env -- flask run',
    'dotenv -- flask run',
    'env-cmd -f .env flask run',
    'uv run flask run',
    'uv run --with x -- flask run',
    'uvx flask run',
    'poetry run flask run',
    'pipenv run flask run',
    'doppler run -- flask run',
    'op run --env-file=.env -- flask run',
    'timeout 30 flask run',
    'nice -n 5 flask run',
    'watchexec -r -e py -- flask run',
    'mise exec -- flask run',
    'conda run -n env flask run',
    'ddtrace-run flask run',
    'nix develop -c flask run',
    'nix develop .#web --command flask run',
    'nix shell nixpkgs#python3 -c flask run',
    'devenv shell -- flask run',
    'pm2 start flask -- run',
    'pm2 start flask --name web -- run',
  ])('is looked through: %s', (command) => expect(programs(command, {})).toEqual(['flask:5000']));

  it('changes the folder with uv', () => {
    expect(programs('uv run --directory api flask run', {})).toEqual(['flask@api:5000']);
  });
});

describe('a file', () => {
  const server = 'createServer().listen(4000)';
  const files = {
    'package.json': { scripts: { dev: 'vite', 'build.ts': 'vite build' } },
    'x.ts': server,
    'main.ts': 'Deno.serve({ port: 4000 }, () => new Response())',
    'test.ts': server,
    'build.ts': server,
  };

  it.each([
    'bun x.ts',
    'bun --hot x.ts',
    'bun run x.ts',
    'bun run --hot x.ts',
    'bun --watch ./x.ts',
    'deno run -A main.ts',
    'deno -A main.ts',
    'deno main.ts',
  ])('is read for the port that it listens on: %s', (command) => {
    expect(programs(command, files)).toEqual([expect.stringMatching(/^(x|main):4000$/)]);
  });

  it.each(['bun test', 'bun run build.ts', 'deno test', 'deno check main.ts', 'deno', 'bun missing.ts'])(
    'is not what a command of the runtime, or a script of that name, runs: %s',
    (command) => expect(programs(command, files)).toEqual([]),
  );
});

it('what nix-shell is to run is a text', () => {
  const found = planPort(['nix-shell', '-p', 'nodejs', '--run', 'vite'], projectOf({}));
  expect(found.inject(PORT).argv.at(-1)).toBe('vite --port 3456 --strictPort');
});

describe('a container', () => {
  const compose =
    'services:\n  web:\n    image: acme/web\n    ports:\n      - "8080:80"\n    depends_on: [db]\n  db:\n    image: postgres:16\n    ports: ["${DB_PORT:-5433}:5432"]\n  admin:\n    image: adminer\n    profiles: [tools]\n    ports: [{ published: 8081, target: 8080 }]\n';
  const files = { 'compose.yaml': compose };

  it.each([
    ['docker compose up -d', ['db:5433', 'web:8080']],
    ['docker-compose up db', ['db:5433']],
    ['docker compose --profile tools up', ['admin:8081', 'db:5433', 'web:8080']],
    ['docker compose up web', ['db:5433', 'web:8080']],
    ['docker compose down', []],
    ['docker compose logs -f web', []],
  ])('of %s', (command, expected) => {
    const found = planPort(command.split(' '), projectOf(files)).programs;
    const ports = found.flatMap(({ hostPorts }) => hostPorts.map(({ name, port }) => `${name}:${port}`));
    expect(ports.toSorted()).toEqual(expected);
  });

  it('has the number of this machine replaced, and not its own', () => {
    const run = 'docker run --rm -p 127.0.0.1:5433:5432 -e A=b postgres:16'.split(' ');
    const found = planPort(run, projectOf({}));
    expect(found).toMatchObject({ serviceType: 'database', wanted: 5433 });
    expect(found.inject(PORT).argv[4]).toBe('127.0.0.1:3456:5432');
  });

  it('takes its port from the variable that the file names', () => {
    const found = planPort(['docker', 'compose', 'up', 'db'], projectOf(files));
    expect(found.inject(PORT).env).toEqual({ DB_PORT: '3456' });
    expect(found.place).toEqual({ file: 'compose.yaml', line: 9 });
  });

  it.each([
    'docker ps',
    'docker build -t x .',
    'docker run postgres',
    'docker exec -it db psql -p 5432',
    'ssh host',
    'kubectl get pods',
  ])('that publishes nothing is none: %s', (command) => expect(programs(command, files)).toEqual([]));

  it.each([
    ['kubectl port-forward svc/web 8080:80', ['port-forward:8080']],
    ['ssh -L 5433:db:5432 host', ['ssh:5433']],
    ['ssh -N -D 1080 host', ['ssh:1080']],
  ])('is not the only thing that opens a port here: %s', (command, expected) =>
    expect(programs(command, {})).toEqual(expected),
  );
});

describe('a program of the project', () => {
  it.each<[string, string, number | undefined, boolean]>([
    ['node server.js', 'app.listen(3001)', 3001, false],
    ['node server.js', 'const port = process.env.PORT || 3001;\napp.listen(port)', 3001, true],
    ['node server.js', 'app.set("port", process.env.PORT ?? 8080); app.listen(app.get("port"))', 8080, true],
    ['node server.js', 'app.listen(process.env.API_PORT || 4000)', 4000, true],
    ['node server.js', 'app.listen(process.env.PORT || 4000, () => setTimeout(stop, 1200))', 4000, true],
    ['node --watch ./server.js', 'Bun.serve({ port: 4001, fetch })', 4001, false],
    ['python3 server.py', 'app.run(host="0.0.0.0", port=5001)', 5001, false],
    ['python3 server.py', 'uvicorn.run(app, port=int(os.environ.get("PORT", "9000")))', 9000, true],
    ['ruby server.rb', "require 'sinatra'", 4567, false],
  ])('says in its text where it listens: %s, %s', (command, text, port, reached) => {
    const file = command.split(' ').at(-1)!.replace('./', '');
    const [program] = planPort(command.split(' '), projectOf({ [file]: text })).programs;
    expect(program).toMatchObject({ binds: 'yes', port, edits: { reached } });
    expect(program?.place).toMatchObject({ file });
  });

  it.each([
    "const port = Number('10' + '123');\napp.listen(port)",
    'app.listen(8000 + index)',
    'app.listen(base * 10 + 1)',
  ])('that works its port out is not taken by one of its digits: %s', (text) => {
    const [program] = planPort(['node', 'server.js'], projectOf({ 'server.js': text })).programs;
    expect(program).toMatchObject({ binds: 'yes', port: undefined });
  });

  it.each([
    'app.listen(process.env.PORT, () => setTimeout(stop, 1200))',
    'app.listen(process.env.PORT, async () => { await sleep(1200) })',
    "app.listen(process.env.PORT, '0.0.0.0', function () { setTimeout(stop, 1200) })",
  ])('is not taken by a number of what it does once it listens: %s', (text) => {
    const [program] = planPort(['node', 'server.js'], projectOf({ 'server.js': text })).programs;
    expect(program).toMatchObject({ binds: 'yes', port: undefined });
  });

  it('may listen in a file that it imports', () => {
    const files = {
      'index.js': "import './lib/server.js';",
      'lib/server.js': '// app.listen(1)\nserver.listen(4002);',
    };
    const [program] = planPort(['node', '.'], projectOf(files)).programs;
    expect(program).toMatchObject({ port: 4002, place: { file: 'lib/server.js', line: 2 } });
  });

  it.each([
    'const x = "app.listen(3000)";',
    '// app.listen(3000)',
    'history.listen(update)',
    'fetch("http://localhost:3000")',
  ])('that listens nowhere is not said to: %s', (text) =>
    expect(programs('node server.js', { 'server.js': text })).toEqual([]),
  );

  it('has a variable of its own set', () => {
    const found = planPort(
      ['node', 'a.js'],
      projectOf({ 'a.js': 'app.listen(process.env.API_PORT || 4000)' }),
    );
    expect(found.inject(PORT)).toEqual({ argv: ['node', 'a.js'], env: { API_PORT: '3456' } });
    expect(found.wish).toBe(4000);
  });
});

describe('tauri dev', () => {
  const conf = { build: { beforeDevCommand: 'npm run dev', devUrl: 'http://localhost:1420' } };
  const files = {
    'package.json': { scripts: { dev: 'vite', tauri: 'tauri' } },
    'vite.config.ts': 'export default { server: { port: 1420, strictPort: true } }',
    'src-tauri/tauri.conf.json': conf,
  };

  it.each(['tauri dev', 'npx tauri dev', 'pnpm tauri dev', 'cargo tauri dev'])(
    'is the server of its pages, and its window follows: %s',
    (command) => {
      const found = planPort(command.split(' '), projectOf(files));
      expect(found).toMatchObject({ adapter: 'vite', wish: 1420, reached: true, more: [] });
      const { argv, scripts } = found.inject(PORT);
      expect(argv.join(' ')).toBe(`${command} --config {"build":{"devUrl":"http://localhost:3456"}}`);
      expect(scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
    },
  );

  it.each([
    ['tauri dev', `tauri dev --config '{"build":{"devUrl":"http://localhost:3456"}}'`],
    [
      'tauri dev --release -- --flag',
      `tauri dev --release --config '{"build":{"devUrl":"http://localhost:3456"}}' -- --flag`,
    ],
  ])('is told between quotes in a script: %s', (desktop, expected) => {
    const scripts = { ...files['package.json'].scripts, desktop };
    const found = planPort(['npm', 'run', 'desktop'], projectOf({ ...files, 'package.json': { scripts } }));
    expect(found.inject(PORT).scripts?.map(({ to }) => to)).toContain(expected);
  });

  it('is left as it is while it gets its own port', () => {
    const { argv } = planPort(['tauri', 'dev'], projectOf(files)).inject(1420);
    expect(argv).toEqual(['tauri', 'dev']);
  });

  it('serves itself where nothing is to run before', () => {
    const alone = { 'src-tauri/tauri.conf.json': { build: { frontendDist: '../dist' } } };
    expect(planPort(['tauri', 'dev'], projectOf(alone))).toMatchObject({ adapter: 'tauri', wish: 1430 });
  });
});

describe('a program that a tool builds and starts', () => {
  const nest = (text: string) =>
    planPort(['nest', 'start', '--watch'], projectOf({ 'src/main.ts': `app.listen(${text});` }));

  it('says where it listens', () => {
    expect(nest('process.env.PORT ?? 3000')).toMatchObject({ adapter: 'nest', reached: true, wish: 3000 });
    expect(nest('4000')).toMatchObject({ adapter: 'nest', reached: false, fixed: 4000 });
    expect(nest('process.env.API_PORT ?? 4000').inject(PORT).env).toEqual({ API_PORT: '3456' });
  });

  it('is given PORT where its text does not say whether it reads that', () =>
    expect(nest("config.get('port')")).toMatchObject({ adapter: 'nest', reached: 'unsure' }));
});

describe('Phoenix', () => {
  const dev = (port: string) =>
    projectOf({ 'config/dev.exs': `config :app, Web,\n  http: [ip: {127, 0, 0, 1}, port: ${port}],\n` });

  it('keeps the number that its configuration has', () =>
    expect(planPort(['mix', 'phx.server'], dev('4000'))).toMatchObject({ reached: false, fixed: 4000 }));

  it('reads PORT where its configuration does, or says nothing', () => {
    const read = dev('String.to_integer(System.get_env("PORT") || "4000")');
    expect(planPort(['mix', 'phx.server'], read)).toMatchObject({ reached: true, wish: 4000 });
    expect(planPort(['mix', 'phx.server'], projectOf({}))).toMatchObject({ reached: true });
  });
});

describe('a target of nx that a plugin infers', () => {
  const files = {
    'nx.json': {
      plugins: ['@nx/next/plugin', { plugin: '@nx/vite/plugin', options: { devTargetName: 'vite:dev' } }],
    },
    'apps/web/project.json': { name: 'web' },
    'apps/web/vite.config.mts': 'export default { server: { port: 4201 } };',
    'apps/web/index.html': '',
    'apps/site/package.json': { name: '@acme/site', nx: { tags: [] } },
    'apps/site/next.config.js': '',
    'libs/ui/project.json': { name: 'ui' },
    'libs/ui/vite.config.ts': '',
    'package.json': { workspaces: ['apps/*'] },
  };
  const adapterOf = (command: string) => planPort(command.split(' '), projectOf(files)).adapter;

  it('is the tool whose config file lies in its project, and gets its options', () => {
    const found = planPort('nx run web:vite:dev'.split(' '), projectOf(files));
    expect(found).toMatchObject({ adapter: 'vite', wish: 4201 });
    expect(found.inject(PORT).argv.join(' ')).toBe('nx run web:vite:dev --port 3456 --strictPort');
    expect(adapterOf('nx serve web')).toBe('vite');
    expect(adapterOf('nx dev site')).toBe('next');
    // The plugin was told another name.
    expect(adapterOf('nx dev web')).not.toBe('vite');
  });

  it('is what a project serves by, whatever it is called', () => {
    const options = { devTargetName: 'vite:dev', serveTargetName: 'vite:serve' };
    const nx = { plugins: [{ plugin: '@nx/vite/plugin', options }] };
    const servers = nxServers(projectOf({ ...files, 'nx.json': nx }), '.');
    expect(servers).toEqual([{ name: 'web', dir: 'apps/web', target: 'vite:dev' }]);
  });

  it('is none of a library, nor of a plugin that is not there', () => {
    expect(adapterOf('nx serve ui')).not.toBe('vite');
    expect(planPort(['nx', 'serve', 'web'], projectOf({ ...files, 'nx.json': {} })).adapter).not.toBe('vite');
  });
});

describe('nx run-many', () => {
  const target = (executor: string) => ({ targets: { serve: { executor } } });
  const shop = {
    'nx.json': {},
    'apps/shop/project.json': { name: 'shop', ...target('@nx/vite:dev-server') },
  };
  const api = { 'apps/api/project.json': { name: 'api', ...target('@nx/js:node') } };

  it('hands an option to its only project', () => {
    const found = planPort('nx run-many -t serve'.split(' '), projectOf(shop));
    expect(found.inject(PORT).argv.join(' ')).toBe('nx run-many -t serve --port=3456');
    expect(found.identity.name).toBe('shop-serve');
  });

  it('asks for the port that the project hands to its server, not for the one to debug a program', () => {
    const options = (executor: string) => ({ targets: { serve: { executor, options: { port: 4301 } } } });
    const wish = (executor: string) =>
      planPort(
        'nx serve shop'.split(' '),
        projectOf({ 'apps/shop/project.json': { name: 'shop', ...options(executor) } }),
      );
    expect(wish('@nx/vite:dev-server')).toMatchObject({
      wish: 4301,
      written: { file: 'apps/shop/project.json', line: 4 },
    });
    expect(wish('@nx/js:node').wish).not.toBe(4301);
  });

  it('is left as it is where an option would reach several', () => {
    const found = planPort('nx run-many -t serve'.split(' '), projectOf({ ...shop, ...api }));
    expect(found.inject(PORT, PORT + 1).argv.join(' ')).toBe('nx run-many -t serve');
    expect([found, ...found.more].map(({ identity }) => identity.name)).toEqual(['shop-serve', 'api-serve']);
  });
});

describe('Deno', () => {
  it('hands what follows a task to its last command', () => {
    const files = { 'deno.json': { tasks: { dev: 'vite', both: '(deno run a.ts) && (vite)' } } };
    const task = (name: string) =>
      planPort(['deno', 'task', name], projectOf(files)).inject(PORT).argv.join(' ');
    expect([task('dev'), task('both')]).toEqual(['deno task dev --port 3456 --strictPort', 'deno task both']);
  });

  it.each(['Deno.serve(() => page)', 'Deno.serve({ port: 8000 }, () => page)'])(
    'moves any server: %s',
    (text) => {
      const project = projectOf({ 'main.ts': text });
      const found = planPort('deno run -A main.ts'.split(' '), project);
      expect(found).toMatchObject({ reached: true, wish: 8000 });
      expect(found.inject(PORT).env).toEqual({ DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:3456' });
    },
  );

  it('has the address exchanged that its task sets', () => {
    const files = {
      'package.json': { scripts: { dev: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:4000 deno run -A main.ts' } },
    };
    const found = planPort(['npm', 'run', 'dev'], projectOf({ ...files, 'main.ts': 'Deno.serve(page)' }));
    expect(found.wanted).toBe(4000);
    expect(found.inject(PORT).scripts?.[0]?.to).toContain('DENO_SERVE_ADDRESS=tcp:0.0.0.0:3456 deno');
  });
});

it.each(['bun run --hot src/index.ts', 'bun --watch src/index.ts', 'bun src/index.ts'])(
  'a file that bun runs is read: %s',
  (command) => {
    const files = { 'package.json': { scripts: {} }, 'src/index.ts': 'new Elysia().listen(3000);' };
    expect(planPort(command.split(' '), projectOf(files))).toMatchObject({ fixed: 3000 });
  },
);

describe('a file that runs a server', () => {
  /** The command, and what its file becomes in the copy. */
  function copied(command: string, files: Files): [string, string | undefined] {
    const project = { ...projectOf(files), copies: '/copies' };
    const { argv, files: made } = planPort(command.split(' '), project).inject(PORT);
    return [argv.join(' ').replaceAll(/[\w/]*copies\/[\w.-]+/g, 'COPY'), made?.[0]?.text];
  }

  const makefile = 'dev: build\n\t@npx vite --host\n\nbuild:\n\t-rm -rf dist\n';
  const justfile = 'dev: build\n    @npx vite\n\nbuild:\n    rm -rf dist\n';

  it.each([
    ['make dev', { Makefile: makefile }, 'make -f COPY dev', '\t@npx vite --host --port 3456 --strictPort\n'],
    ['make -C web dev', { 'web/Makefile': makefile }, 'make -f COPY -C web dev', 'vite --host --port 3456'],
    ['just dev', { justfile }, 'just -f COPY -d . dev', '    @npx vite --port 3456 --strictPort\n'],
    ['bash dev.sh', { 'dev.sh': 'set -e\nvite' }, 'bash COPY', 'set -e\nvite --port 3456 --strictPort'],
    [
      './dev.sh',
      { 'dev.sh': '#!/bin/bash -e\nvite\n' },
      '/bin/bash -e COPY',
      'vite --port 3456 --strictPort\n',
    ],
    ['./dev.sh', { 'dev.sh': 'vite --port 4000\n' }, 'sh COPY', 'vite --port 3456 --strictPort\n'],
    [
      'sh a.sh',
      { 'a.sh': 'exec ./b.sh\n', 'b.sh': '#!/bin/sh\nvite\n' },
      'sh COPY',
      'vite --port 3456 --strictPort\n',
    ],
  ])('is read in a copy that has its port: %s', (command, files, argv, text) => {
    const [told, changed] = copied(command, files);
    expect(told).toBe(argv);
    expect(changed).toContain(text);
  });

  it('names the copy of another one in its own', () => {
    const files = { 'a.sh': 'exec ./b.sh\n', 'b.sh': '#!/bin/sh\nvite\n' };
    const project = { ...projectOf(files), copies: '/copies' };
    const made = planPort(['sh', 'a.sh'], project).inject(PORT).files ?? [];
    expect(made.map(({ file }) => file)).toEqual(['b.sh', 'a.sh']);
    expect(made[1]?.text).toBe(`exec /bin/sh ${made[0]?.path}\n`);
  });

  it.each([
    ['make dev', { Makefile: `ROOT := $(dir $(lastword $(MAKEFILE_LIST)))\n${makefile}` }],
    ['make dev', { Makefile: 'dev:\n\tnpx vite $(ARGS)\n' }],
    ['make dev', { Makefile: 'dev:\n\tnpx vite \\\n\t  --host\n' }],
    ['make -f Makefile dev', { Makefile: makefile }],
    ['just dev', { justfile: `root := justfile_directory()\n${justfile}` }],
    ['just dev', { justfile: `set working-directory := 'web'\n${justfile}` }],
    ['sh dev.sh', { 'dev.sh': 'cd "$(dirname "$0")"\nvite\n' }],
    ['bash dev.sh', { 'dev.sh': 'cd "${BASH_SOURCE%/*}"\nvite\n' }],
    ['sh dev.sh', { 'dev.sh': 'next dev\n' }],
  ])('stays where it lies: %s', (command, files) => {
    expect(copied(command, files)).toEqual([command, undefined]);
  });
});

describe('a list of processes, and a task of mise', () => {
  const mise = {
    'mise.toml': '[tasks.dev]\nrun = ["npm ci", "npx vite"]\n[tasks.ci]\nrun = "npx vite && echo"\n',
  };
  const run = (command: string, files: Files) =>
    planPort(command.split(' '), { ...projectOf(files), copies: '/copies' }).inject(PORT, PORT + 1);

  it('hands what follows a task of mise to its last command', () => {
    expect(run('mise run dev', mise).argv.join(' ')).toBe('mise run dev --port 3456 --strictPort');
    expect(run('mise dev --host', mise).argv.join(' ')).toBe('mise dev --host --port 3456 --strictPort');
    expect(run('mise run ci', mise).argv.join(' ')).toBe('mise run ci');
  });

  it('is read in a copy, as far as its commands stand there as they are', () => {
    const list = 'procs:\n  web:\n    shell: "npx vite"\n  api:\n    cmd: ["node", "server.js"]\n';
    const { argv, files } = run('mprocs', { 'mprocs.yaml': list });
    expect(argv).toEqual(['mprocs', '-c', files?.[0]?.path]);
    expect(files?.[0]?.text).toBe(list.replace('npx vite', 'npx vite --port 3456 --strictPort'));
    expect(run('mprocs -c mprocs.yaml', { 'mprocs.yaml': list }).files).toBeUndefined();
  });
});

describe('what a shell script is given', () => {
  const files = {
    'dev.sh': '#!/bin/sh\nset -e\nexport MODE=dev\nexec npx vite "$@"\n',
    'entry.sh': '#!/bin/sh\nset -e\nexec "$@"\n',
    'package.json': { scripts: { dev: 'vite' } },
  };
  const run = (command: string) =>
    planPort(command.split(' '), { ...projectOf(files), copies: '/copies' }).inject(PORT);

  it('stands where it says "$@"', () => {
    expect(run('sh dev.sh').files?.[0]?.text).toContain('exec npx vite --port 3456 --strictPort "$@"');
    expect(run('sh dev.sh --port 4000').argv.join(' ')).toBe('sh dev.sh --port 3456 --strictPort');
    expect(run('./entry.sh vite --host').argv.join(' ')).toBe(
      './entry.sh vite --host --port 3456 --strictPort',
    );
    expect(run('./entry.sh npm run dev').scripts?.[0]?.to).toBe('vite --port 3456 --strictPort');
  });
});

it.each([
  ['mprocs', { 'mprocs.yaml': 'procs:\n  c++:\n    shell: vite\n' }],
  ['task c++', { 'Taskfile.yml': 'tasks:\n  c++:\n    cmds: [vite]\n' }],
  ['mise run c++', { 'mise.toml': '[tasks."c++"]\nrun = "vite"\n' }],
  ['deno task c++', { 'deno.json': { tasks: { 'c++': 'vite' } } }],
  ['composer c++', { 'composer.json': { scripts: { 'c++': 'vite' } } }],
])('a name may be anything: %s', (command, files) => {
  expect(programs(command, files as Files)).toEqual(['vite:5173']);
});

describe('the repository of a tool itself', () => {
  const own = (script: string, bin: unknown = { nitro: './dist/cli.mjs' }) => ({
    'package.json': {
      name: 'nitro',
      bin,
      scripts: { dev: 'pnpm nitro dev playground', build: 'pnpm nitro build playground', nitro: script },
    },
  });

  it.each([
    ['pnpm dev', ['nitro:3000']],
    ['pnpm nitro dev playground', ['nitro:3000']],
    ['yarn nitro dev', ['nitro:3000']],
    ['pnpm build', []],
  ])('has the tool as a script that runs its source: %s', (command, expected) => {
    expect(programs(command, own('NODE_OPTIONS="--enable-source-maps" jiti ./src/cli/index.ts'))).toEqual(
      expected,
    );
    expect(programs(command, own('tsx src/cli.ts', './dist/cli.mjs'))).toEqual(expected);
  });

  it('is no other project that has a script of that name', () => {
    expect(programs('pnpm dev', own('jiti ./src/cli/index.ts', { other: './cli.js' }))).toEqual([]);
    expect(programs('pnpm dev', own('echo'))).toEqual([]);
  });

  it('has the number changed that its own script says', () => {
    const files = {
      'package.json': {
        bin: { nitro: './dist/cli.mjs' },
        scripts: { dev: 'pnpm nitro dev playground --port 4000', nitro: 'jiti ./src/cli.ts' },
      },
    };
    const found = planPort(['pnpm', 'dev'], projectOf(files));
    expect(found.inject(PORT).scripts?.[0]?.to).toBe('pnpm nitro dev playground --port 3456');
  });
});
