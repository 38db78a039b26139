import { describe, expect, it } from 'vitest';
import { type Files, planPort, projectOf } from './support.ts';

const SERVER = 'require("http").createServer().listen(process.env.PORT || 4000)';

/** What `npm run dev` becomes for the ports 6001, 6002, ...: argv, scripts, variables for all. */
function several(scripts: Record<string, string>, files: Files = {}, command = 'npm run dev') {
  const project = projectOf({ 'server.js': SERVER, 'package.json': { scripts }, ...files });
  const plan = planPort(command.split(' '), project);
  const ports = [plan, ...plan.more].map((_, index) => 6001 + index);
  const { argv, scripts: rewrites = [], env = {} } = plan.inject(...ports);
  return { argv: argv.join(' '), texts: rewrites.map(({ to }) => to), env, owner: plan.portOwner, plan };
}

describe('several servers of one command', () => {
  it.each(['vite & npm run dev', 'run-p dev & vite'])('a script that runs itself is read once: %s', (dev) => {
    const { texts, plan } = several({ dev });
    expect(texts).toEqual([dev.replace('vite', 'vite --port 6001 --strictPort')]);
    expect(plan.more).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'one by its option, one by PORT',
      { dev: 'vite & node server.js & wait' },
      ['vite --port 6001 --strictPort & PORT=6002 node server.js & wait'],
    ],
    [
      'texts in quotes',
      { dev: 'concurrently "vite" "cross-env NODE_ENV=x node server.js"' },
      ['concurrently "vite --port 6001 --strictPort" "PORT=6002 cross-env NODE_ENV=x node server.js"'],
    ],
    [
      'scripts of their own',
      { dev: 'run-p web api', web: 'vite --port 3000', api: 'PORT=3001 node server.js' },
      ['vite --port 6001 --strictPort', 'PORT=6002 node server.js'],
    ],
    [
      'scripts by a pattern that the shell leaves alone',
      { dev: 'npm-run-all --parallel dev:*', 'dev:web': 'vite', 'dev:api': 'node server.js' },
      ['vite --port 6001 --strictPort', 'PORT=6002 node server.js'],
    ],
    [
      'a PORT that is set for all of them: it means those that read it',
      { dev: 'PORT=3000 concurrently "vite" "node server.js"' },
      ['PORT=6002 concurrently "vite --port 6001 --strictPort" "PORT=6002 node server.js"'],
    ],
    [
      'the same program twice',
      { dev: 'node server.js 1 & node server.js 2' },
      ['PORT=6001 node server.js 1 & PORT=6002 node server.js 2'],
    ],
    [
      'scripts whose texts can not be changed: what starts them can',
      { dev: 'concurrently "bun run web" "bun run api"', web: 'next dev', api: 'node server.js' },
      ['concurrently "PORT=6001 bun run web" "PORT=6002 bun run api"'],
    ],
    [
      'code that is not built yet',
      { dev: 'tsc -w & node dist/main.js & vite' },
      ['tsc -w & PORT=6002 node dist/main.js & vite --port 6001 --strictPort'],
    ],
  ])('each get a port: %s', (_what, scripts, texts) => {
    const { argv, owner, texts: found } = several(scripts);
    expect(found).toEqual(texts);
    expect([argv, owner]).toEqual(['npm run dev', undefined]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'the first has those of the whole command',
      { dev: 'concurrently "vite" "node server.js"' },
      ['concurrently "vite --port 6001 --strictPort" "PORT=6002 AT=b node server.js"'],
    ],
    [
      'a PORT of the whole command is one of theirs',
      { dev: 'PORT=3000 node server.js & vite & next dev -p $PORT' },
      ['PORT=6002 AT=b node server.js & PORT=6001 vite --port 6001 --strictPort & AT=c next dev -p $PORT'],
    ],
    [
      'scripts of their own',
      { dev: 'run-p web api', web: 'node server.js', api: 'vite --port 3000' },
      ['vite --port 6001 --strictPort', 'PORT=6002 AT=b node server.js'].toReversed(),
    ],
  ])('each get their own variables: %s', (_what, scripts, texts) => {
    const { plan } = several(scripts);
    const given = [plan, ...plan.more].map((_, index) => ({
      port: 6001 + index,
      variables: { AT: 'abc'[index]! },
    }));
    const { scripts: rewrites = [] } = plan.inject(...given);
    expect(rewrites.map(({ to }) => to)).toEqual(texts);
  });

  it('each get a port in arguments that are texts for a shell', () => {
    const plan = planPort(
      ['npx', 'concurrently', 'vite', 'node server.js'],
      projectOf({ 'server.js': SERVER }),
    );
    expect(plan.inject(6001, 6002).argv).toEqual([
      'npx',
      'concurrently',
      'vite --port 6001 --strictPort',
      'PORT=6002 node server.js',
    ]);
  });

  it('share no variable: one that only one of them reads is set for all, another one before its command', () => {
    const one = several({ dev: 'flask run & node server.js' });
    expect([one.env, one.texts]).toEqual([
      { FLASK_RUN_PORT: '6001' },
      ['flask run & PORT=6002 node server.js'],
    ]);
    const two = several({ dev: 'flask run & flask --app x run' });
    expect([two.env, two.texts]).toEqual([
      {},
      ['FLASK_RUN_PORT=6001 flask run & FLASK_RUN_PORT=6002 flask --app x run'],
    ]);
  });

  it('can not all have PORT where no text can be changed: the first has it', () => {
    const { owner, plan } = several(
      { dev: 'x' },
      { Procfile: 'a: node server.js\nb: node server.js' },
      'nf start',
    );
    expect(owner).toBe(0);
    expect([plan, ...plan.more].map(({ reached }) => reached)).toEqual([true, false]);
  });

  it('get the number in the place of a variable that both name', () => {
    const { texts, owner } = several({ dev: 'vite --port $PORT & http-server -p $PORT' });
    expect([texts, owner]).toEqual([['vite --port $PORT & http-server -p 6002'], 0]);
  });

  it('have their numbers exchanged in the texts of all, in one step', () => {
    const { texts } = several({
      dev: 'API=http://localhost:6001 vite --port 3000 & PORT=6001 node server.js & wait-on tcp:3000 tcp:6001',
    });
    expect(texts).toEqual([
      'API=http://localhost:6002 vite --port 6001 --strictPort & PORT=6002 node server.js & wait-on tcp:6001 tcp:6002',
    ]);
  });

  it('take a tunnel with them that points at one of them', () => {
    const { texts } = several({ dev: 'vite & ngrok http 5173 & lt --port 9999' });
    expect(texts).toEqual(['vite --port 6001 --strictPort & ngrok http 6001 & lt --port 9999']);
  });

  it('have their numbers exchanged in the scripts that lead to them', () => {
    const scripts = {
      dev: 'start-server-and-test api http://localhost:4000 e2e',
      api: 'node server.js',
      e2e: 'jest',
    };
    expect(several(scripts).texts).toEqual(['start-server-and-test api http://localhost:6001 e2e']);
  });

  it('keep a number that two of them have by themselves', () => {
    const { texts } = several({ dev: 'next dev & next dev ../b & wait-on tcp:3000' });
    expect(texts).toEqual(['PORT=6001 next dev & PORT=6002 next dev ../b & wait-on tcp:3000']);
  });

  it('leave PORT alone when the only server has its port in another way', () => {
    expect(several({ dev: 'vite & ./worker' }).owner).toBeUndefined();
    expect(several({ dev: 'vite' }).owner).toBe(0);
    expect(several({ dev: 'next dev & ./worker' }).owner).toBe(0);
  });

  it('are not what a database beside a server is', () => {
    const { plan } = several({ dev: 'redis-server & node server.js' });
    expect([plan, ...plan.more].map(({ identity }) => identity.name)).toEqual(['dev', 'redis']);
  });

  it('are listed in a Procfile, of which the runner is told to read a changed copy', () => {
    const files = {
      'Procfile.dev':
        '# all\nweb: vite\napi:   API=http://localhost:4000 node server.js \nwait: wait-on tcp:4000\n',
    };
    const project = { ...projectOf({ 'server.js': SERVER, ...files }), copies: '/h/c' };
    const plan = planPort(['foreman', 'start', '-f', 'Procfile.dev'], project);
    expect([plan, ...plan.more].map(({ identity }) => identity.name)).toEqual(['web', 'api']);
    const { argv, files: copies = [] } = plan.inject(6001, 6002);
    const [copy] = copies;
    expect(argv.slice(4)).toEqual(['-f', copy?.path, '-d', '.']);
    expect(copy).toMatchObject({
      path: expect.stringMatching(/^\/h\/c\/Procfile\.dev-\w+$/),
      file: 'Procfile.dev',
    });
    expect(copy?.text).toBe(
      '# all\nweb: vite --port 6001 --strictPort\napi:   API=http://localhost:6002 PORT=6002 node server.js \nwait: wait-on tcp:6002\n',
    );
    expect(plan.elsewhere.map(({ place, follows }) => [place?.line, follows])).toEqual([
      [3, true],
      [4, true],
    ]);
  });

  it('are all tasks of turbo, which is told to pass variables on', () => {
    const files = {
      'package.json': { workspaces: ['apps/*'] },
      'apps/web/package.json': { name: 'web', scripts: { dev: 'next dev' } },
      'apps/api/package.json': { name: 'api', scripts: { dev: 'node main.js' } },
    };
    const found = planPort(['turbo', 'run', 'dev'], projectOf(files)).inject(6001, 6002);
    expect(found).toEqual({
      argv: ['turbo', 'run', 'dev'],
      scripts: [
        { script: 'dev', file: 'apps/web/package.json', from: 'next dev', to: 'PORT=6001 next dev' },
        { script: 'dev', file: 'apps/api/package.json', from: 'node main.js', to: 'PORT=6002 node main.js' },
      ],
      env: { TURBO_ENV_MODE: 'loose' },
    });
  });
});

describe('a number of one server in the files of another', () => {
  const files = {
    'vite.config.ts':
      "export default {\n  server: { proxy: { '/api': 'http://localhost:4000', '/x': 'http://example.com:4000' } },\n};\n",
    '.env':
      'VITE_API="http://localhost:4000/v1" # ours\nOTHER=4000\nexport API_PORT=4000\nPORT=4000\nFULL=http://$HOST:4000\n',
    '.env.local': "VITE_API='http://127.0.0.1:4000/v2'\n",
  };
  const scripts = { dev: 'vite & node server.js' };

  it('is named where it stays: in settings', () => {
    const { plan } = several(scripts, files);
    expect(plan.mentions).toEqual([
      { number: 4000, place: { file: 'vite.config.ts', line: 2 }, text: 'http://localhost:4000' },
    ]);
    expect(several({ dev: 'vite' }, files).plan.mentions).toEqual([]);
  });

  it('is exchanged by variables that count more than .env files', () => {
    const { plan } = several(scripts, files);
    const moved = { VITE_API: 'http://127.0.0.1:6002/v2', API_PORT: '6002' };
    expect(plan.inject(6001, 6002).defaults).toEqual(moved);
    expect(plan.inject(6001, 4000).defaults).toBeUndefined();
  });

  it('is left alone where two packages call different values alike', () => {
    const workspace = {
      'package.json': { scripts: { dev: 'npm --prefix a run dev & npm --prefix b run dev' } },
      'a/package.json': { scripts: { dev: 'vite' } },
      'b/package.json': { scripts: { dev: 'astro dev' } },
      'a/.env': 'URL=http://localhost:4321\nSAME=http://localhost:4321',
      'b/.env': 'URL=http://localhost:5173\nSAME=http://localhost:4321',
    };
    const plan = planPort(['npm', 'run', 'dev'], projectOf(workspace));
    expect(plan.inject(6001, 6002).defaults).toEqual({ SAME: 'http://localhost:6002' });
  });
});

describe('a port that a program has hard-coded', () => {
  const planned = (server: string, command = 'node main.js', remaps = false) =>
    planPort(command.split(' '), {
      ...projectOf({ 'main.js': server, Makefile: 'dev:\n\tvite --port 3100\n' }),
      remaps,
    });

  it.each([
    ['app.listen(4000)', 4000],
    ['app.listen(4000, () => console.log("up"))', 4000],
    ['app.listen({ host: "0.0.0.0", port: 4000 })', 4000],
    ['const port = 4000;\napp.listen(port)', 4000],
    ['app.listen(process.env.PORT || 4000)', undefined],
    ['let port = 4000;\nif (process.env.PORT) port = +process.env.PORT;\napp.listen(port)', undefined],
    [
      'let port = 4000;\nconst { argv } = process;\nif (argv[2]) port = +argv[2];\napp.listen(port)',
      undefined,
    ],
    ['app.listen(process.env.API_PORT ?? 4000)', undefined],
    ['const port = argv.port || 4000;\napp.listen(port)', undefined],
    ['const port = config.port;\napp.listen(port)', undefined],
    ['const port = process.argv[2] ? 1 : 4000; app.listen(port)', undefined],
  ])('is the only one it can have: %s', (server, fixed) => {
    expect(planned(server).fixed).toBe(fixed);
  });

  it('is none where the file reads PORT in another place', () => {
    const text = 'let port = 4000;\nif (process.env.PORT) port = +process.env.PORT;\napp.listen(port)';
    expect(planned(text)).toMatchObject({ reached: true, wanted: undefined, wish: 4000 });
  });

  it('is one where no text can be changed, too', () => {
    expect(planned('', 'make dev')).toMatchObject({ fixed: 3100, reached: false });
  });

  it('is exchanged inside the program, if that is asked for; in texts as well', () => {
    const plan = planned('app.listen(4000)', 'node main.js http://localhost:4000', true);
    expect(plan).toMatchObject({ fixed: undefined, reached: true, wanted: 4000 });
    expect(plan.inject(6001)).toEqual({
      argv: ['node', 'main.js', 'http://localhost:6001'],
      remaps: [[4000, 6001]],
    });
    expect(plan.inject(4000)).toEqual({ argv: ['node', 'main.js', 'http://localhost:4000'] });
    expect(planned('app.listen(4000)').inject(6001)).toEqual({ argv: ['node', 'main.js'] });
  });
});

describe('several published ports of docker compose', () => {
  const compose = `services:
  web:
    image: nginx
    ports: ["8080:80", "127.0.0.1:8443:443/tcp", 9000]
    depends_on: [db]
  db:
    image: postgres:16
    ports:
      - { target: 5432, published: "5432" }
  cache:
    image: redis
    ports: ["\${REDIS_PORT:-6379}:6379", "3000-3002:3000-3002", "5353:53/udp"]
  names:
    image: coredns
    ports: [{ target: 53, published: 5300, protocol: udp }]
`;
  const project = { ...projectOf({ 'compose.yaml': compose, 'dev.yml': compose }), copies: '/h/c' };
  const OVERRIDE = `services:
  "web":
    ports: !override
      - "6001:80"
      - "127.0.0.1:6002:443/tcp"
      - 9000
  "db":
    ports: !override
      - {"target":5432,"published":"6003"}
`;
  const wanted = (command: string, files: Files, env = {}): (number | undefined)[] => {
    const plan = planPort(command.split(' '), { ...projectOf(files), env });
    return [plan, ...plan.more].map((each) => each.wanted);
  };

  it('are called after their container: its second port is not what its name means', () => {
    const plan = planPort(
      ['npm', 'run', 'dev'],
      projectOf({ 'compose.yaml': compose, 'package.json': { scripts: { dev: 'docker compose up web' } } }),
    );
    expect([plan, ...plan.more].map(({ identity }) => identity.name)).toEqual(['dev', 'web-2', 'db']);
  });

  it('are changed by a file behind those of the project, or by the variable that they name; those of UDP are left', () => {
    const plan = planPort(['docker', 'compose', 'up', 'web', 'cache'], project);
    expect([plan, ...plan.more].map(({ wanted: port, reached }) => [port, reached])).toEqual(
      [8080, 8443, 5432, 6379, 3000, 3001, 3002].map((port) => [port, true]),
    );
    const { argv, env, files = [] } = plan.inject(6001, 6002, 6003, 6004, 3000, 3001, 3002);
    expect(argv).toEqual(['docker', 'compose', 'up', 'web', 'cache']);
    expect(files.map(({ text, file }) => [file, text])).toEqual([['compose.yaml', OVERRIDE]]);
    expect(env).toEqual({ COMPOSE_FILE: `compose.yaml:${files[0]?.path}`, REDIS_PORT: '6004' });
  });

  it('of a range are one each, or one that docker does not choose', () => {
    const text = 'services: { a: { ports: ["[::1]:7000-7001:80-81/tcp", "8200-8300:83"] } }';
    const plan = planPort(['docker', 'compose', 'up'], {
      ...projectOf({ 'compose.yaml': text }),
      copies: '/h/c',
    });
    const [file] = plan.inject(7000, 6002, 8200).files ?? [];
    expect(file?.text.match(/- .*/g)).toEqual([
      '- "[::1]:7000:80/tcp"',
      '- "[::1]:6002:81/tcp"',
      '- "8200:83"',
    ]);
  });

  it.each([
    ['"${P}:80"', 9001],
    ['"$P:80"', 9001],
    ['"${P:?say it}:80"', 9001],
    ['"${Q-8002}:${INNER:-80}"', 8002],
    ['"${Q:-${R:-1}}:80"', undefined],
    ['"${HOST:-127.0.0.1}:8003:80"', 8003],
  ])('are read as docker compose reads them: %s', (entry, port) => {
    const files = {
      'compose.yaml': `services: { web: { ports: [${entry}] } }`,
      '.env': 'P="9001" # our own\n',
    };
    expect(wanted('docker compose up', files)).toEqual([port]);
  });

  it('have each its own where one variable is for several', () => {
    const text = 'services: { a: { ports: ["${P:-7000}:80"] }, b: { ports: ["${P:-7000}:80"] } }';
    const plan = planPort(['docker', 'compose', 'up'], {
      ...projectOf({ 'compose.yaml': text }),
      copies: '/h/c',
    });
    const { env = {}, files = [] } = plan.inject(6001, 6002);
    expect(Object.keys(env)).toEqual(['COMPOSE_FILE']);
    expect(files[0]?.text.match(/\d+:80/g)).toEqual(['6001:80', '6002:80']);
  });

  it('are found in what the files include, extend and replace', () => {
    const files = {
      'compose.yaml':
        'include: [{ path: [db/compose.yml] }]\nservices:\n  a: { extends: { file: base.yml, service: base } }\n' +
        '  b: { ports: ["7003:80"] }\n  c: { extends: b }\n',
      'compose.override.yaml':
        'services:\n  b:\n    ports: !override\n      - "7004:80"\n  c:\n    ports: !reset null\n',
      'base.yml': 'services: { base: { ports: ["7001:80"] } }',
      'db/compose.yml': 'services: { db: { extends: { file: more.yml, service: x } } }',
      'db/more.yml': 'services: { x: { ports: ["7002:80"] } }',
    };
    expect(wanted('docker compose up', files)).toEqual([7002, 7001, 7004]);
  });

  it('are those of the files and profiles that the environment names', () => {
    const files = {
      'compose.yaml': 'services: { a: { ports: ["7001:80"] } }',
      'b.yml': 'services: { b: { ports: ["7002:80"], profiles: [full] } }',
      'c.yml': 'services: { c: { ports: ["7003:80"] } }',
      '.env': 'COMPOSE_FILE=b.yml:c.yml\nCOMPOSE_PROFILES=x,full\n',
    };
    expect(wanted('docker compose up', files)).toEqual([7002, 7003]);
    expect(wanted('docker compose up', files, { COMPOSE_PROFILES: 'y' })).toEqual([7003]);
    expect(wanted('docker compose -f b.yml --profile * up', files, { COMPOSE_PROFILES: '' })).toEqual([7002]);
    expect(wanted('docker compose up', files, { COMPOSE_FILE: 'c.yml' })).toEqual([7003]);
    const plan = planPort(['docker', 'compose', 'up'], { ...projectOf(files), copies: '/h/c' });
    expect(plan.inject(6001, 6002).env?.['COMPOSE_FILE']).toMatch(/^b\.yml:c\.yml:\/h\/c\/compose-/);
    const named = { ...files, '.env': 'COMPOSE_PROJECT_NAME=shop' };
    expect(planPort(['docker', 'compose', 'up'], projectOf(named)).composeProject).toBe('shop');
  });

  // As docker compose 2.26.1 did.
  it('and their variables are those of the folder of the first file', () => {
    const published = 'services: { web: { ports: ["${P:-7000}:80"] } }';
    const files = {
      'infra/dev.yml': published,
      'infra/.env': 'P=7123',
      'other/compose.yml': published,
      'other/.env': 'P=7555',
    };
    const outside = { ...files, '.env': 'P=7001' };
    const listed = { ...files, '.env': 'COMPOSE_FILE=infra/dev.yml' };
    expect(wanted('docker compose -f infra/dev.yml up', outside)).toEqual([7123]);
    expect(wanted('docker compose --project-directory . -f infra/dev.yml up', outside)).toEqual([7001]);
    expect(wanted('docker compose --project-directory other up', outside)).toEqual([7555]);
    expect(wanted('docker compose --project-directory other --env-file infra/.env up', files)).toEqual([
      7123,
    ]);
    expect(wanted('docker compose up', listed)).toEqual([7123]);
    expect(wanted('docker compose up', { ...listed, '.env': `${listed['.env']}\nP=7009` })).toEqual([7009]);
  });

  it('are changed by a word where the command names its files', () => {
    const plan = planPort('docker compose -f dev.yml up web'.split(' '), project);
    const { argv, env, files = [] } = plan.inject(6001, 6002, 6003);
    expect(argv.slice(2)).toEqual(['-f', 'dev.yml', '-f', files[0]?.path, 'up', 'web']);
    expect([files[0]?.text, env]).toEqual([OVERRIDE, undefined]);
  });

  it('need no file while they have their own ports', () => {
    const plan = planPort(['docker', 'compose', 'up', 'web'], project);
    expect(plan.inject(8080, 8443, 5432)).toEqual({ argv: ['docker', 'compose', 'up', 'web'] });
  });
});
