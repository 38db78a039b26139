import { describe, expect, it } from 'vitest';
import { injected, packages, plan, planPort } from './support.ts';

const AND_PORT = '--port 3456 --strictPort';

it.each([
  'npx vite',
  'npx --yes vite@5',
  'npx -y -p vite vite',
  'npx -- vite',
  'bunx --bun vite',
  'bun x vite',
  'bun run vite',
  'npm exec -- vite',
  'npm exec -y -- vite@latest',
  'pnpm exec vite',
  'pnpm -s exec -- vite',
  'pnpm dlx vite',
  'pnpm vite',
  'pnpx vite',
  'yarn vite',
  'yarn run vite',
  'yarn exec -- vite',
  'yarn dlx -q vite',
  'env A=b vite',
  'cross-env NODE_ENV=test A= vite',
  'exec vite',
  'sudo -u web vite',
  'doas -u web vite',
  'runuser -u web -- vite',
  'doppler run --mount .env --preserve-env=PORT -- vite',
  'dotenv -c development -- vite',
  'dotenvx run vite',
  'setpriv --reuid 65534 --clear-groups vite',
  'gosu web vite',
  'su-exec web:web vite',
  'time -p vite',
  'nohup vite',
  'command vite',
  'corepack pnpm vite',
  'nohup env A=b npx cross-env B=c vite',
])('a launcher is looked through: %s', (command) => {
  expect(plan(command)).toMatchObject({ adapter: 'vite', identity: { name: 'vite' } });
  expect(injected(command)).toBe(`${command} ${AND_PORT}`);
});

it.each(['npm exec vite', 'npm x vite', 'npm exec vite --yes', 'yarn exec vite'])(
  'a launcher that keeps options for itself gets a -- before them: %s',
  (command) => expect(injected(command)).toBe(`${command} -- ${AND_PORT}`),
);

it.each([
  ['npm exec vite -- --port 5180', 'npm exec vite -- --port 3456 --strictPort'],
  ['npx vite --port 5180', 'npx vite --port 3456 --strictPort'],
  ['yarn vite --port 5180', 'yarn vite --port 3456 --strictPort'],
  ['pnpm exec vite --port=5180', 'pnpm exec vite --port=3456 --strictPort'],
])('a number is found behind a launcher: %s', (command, expected) => {
  expect(plan(command).wanted).toBe(5180);
  expect(injected(command)).toBe(expected);
});

it.each([
  'npx -c vite',
  'npx --unknown vite',
  'npx',
  'env -S vite',
  'env -C web vite',
  'env A=b',
  'command -v vite',
  'exec -a name vite',
  'pnpm --filter web exec vite',
  'pnpm -r exec vite',
  'yarn exec vite --port 5180',
  'yarn workspace web vite',
  'npm exec --workspaces -- vite',
  'npm install vite',
  'pnpm add vite',
  'bun add vite',
  'yarn add vite',
])('a launcher that can not be followed is left alone: %s', (command) => {
  expect(plan(command).adapter).toBe('port-variable');
  expect(injected(command)).toBe(command);
});

describe('a subcommand that is a program of its own', () => {
  it.each([
    ['cargo leptos watch', 'leptos'],
    ['cargo +nightly shuttle run', 'shuttle'],
    ['cargo tauri dev', 'tauri'],
  ])('is known by its own name: %s', (command, adapter) => expect(plan(command).adapter).toBe(adapter));

  it('gets its port where cargo hands it on', () =>
    expect(injected('cargo shuttle run --port 9000')).toBe('cargo shuttle run --port 3456'));

  it('runs another one again and again', () => {
    const commands = [
      ['cargo', 'watch', '-q', '-x', 'run --bin api'],
      ['cargo', 'watch', '-x', 'run'],
      ['cargo', 'run'],
    ];
    for (const argv of commands) expect(planPort(argv, packages({})).adapter).toBe('port-variable');
    const shell = planPort(['cargo', 'watch', '-s', 'npx vite --port 4000'], packages({}));
    expect(shell.inject(3456).argv).toEqual(['cargo', 'watch', '-s', 'npx vite --port 3456 --strictPort']);
    expect(plan('cargo watch -w src -- vite').adapter).toBe('vite');
  });

  it.each(['cargo build', 'cargo test --lib', 'cargo', 'cargo watch'])('is none: %s', (command) => {
    expect(plan(command).adapter).toBe('port-variable');
    expect(injected(command)).toBe(command);
  });
});

it.each([
  ['deno run -A npm:vite', 'deno run -A npm:vite --port 3456 --strictPort'],
  [
    'deno run --allow-all npm:vite@^7 --port 3000',
    'deno run --allow-all npm:vite@^7 --port 3456 --strictPort',
  ],
  [
    'deno run -c deno.json npm:@11ty/eleventy --serve',
    'deno run -c deno.json npm:@11ty/eleventy --serve --port=3456',
  ],
])('deno runs a program of a package: %s', (command, expected) => expect(injected(command)).toBe(expected));

it.each([
  ['java -jar wiremock-standalone-3.9.1.jar', 'java -jar wiremock-standalone-3.9.1.jar --port 3456'],
  ['java -Xmx1g -jar lib/jenkins.war --httpPort=9090', 'java -Xmx1g -jar lib/jenkins.war --httpPort=3456'],
  ['java -jar app.jar --port 9000', 'java -jar app.jar --port 3456'],
])('an archive is known by its file: %s', (command, expected) => expect(injected(command)).toBe(expected));

it('an archive that is not known is expected to be of Spring, no more', () => {
  expect(plan('java -jar app.jar')).toMatchObject({ reached: 'unsure' });
  expect(plan('java -jar app.jar').inject(3456).env).toEqual({ SERVER_PORT: '3456' });
});

it.each([
  ['ttyd bash', 'ttyd -p 3456 bash'],
  ['gotty -w bash', 'gotty -p 3456 -w bash'],
])('what follows the first argument is no option of the tool: %s', (command, expected) =>
  expect(injected(command)).toBe(expected),
);

it('a launcher may set a variable itself', () => {
  expect(plan('dotenv -v PORT=4000 -- node server.js').wanted).toBe(4000);
  expect(injected('dotenv -v PORT=4000 -- node server.js')).toBe('dotenv -v PORT=3456 -- node server.js');
});

it('a launcher may start a module of Python', () =>
  expect(injected('uv run -m http.server 9000')).toBe('uv run -m http.server 3456'));

describe('a tool that starts a further command', () => {
  it.each([
    [
      ['tinacms', 'dev', '-c', 'next dev -p 3000'],
      ['tinacms', 'next'],
    ],
    [
      ['swa', 'start', 'http://localhost:5173', '--run', 'npx vite'],
      ['azure-static-web-apps', 'vite'],
    ],
    [
      ['wrangler', 'pages', 'dev', 'dist', '--', 'npx', 'vite'],
      ['wrangler', 'vite'],
    ],
  ])('serves beside it: %j', (argv, adapters) => {
    const { adapter, more } = planPort(argv, packages({}));
    expect([adapter, ...more.map((each) => each.adapter)].toSorted()).toEqual(adapters.toSorted());
  });

  it('has a port of its own', () => {
    const injection = planPort(['tinacms', 'dev', '-c', 'next dev'], packages({})).inject(3456, 3457);
    expect(injection.argv).toEqual(['tinacms', 'dev', '-c', 'PORT=3456 next dev', '--port', '3457']);
    const swa = ['swa', 'start', 'http://localhost:5173', '--run', 'npx vite'];
    const words = 'swa start http://localhost:3457 --run'.split(' ');
    const expected = words.concat('npx vite --port 3457 --strictPort', '--port', '3456');
    expect(planPort(swa, packages({})).inject(3456, 3457).argv).toEqual(expected);
  });

  it.each(['tinacms build -c next', 'wrangler pages dev dist', 'wrangler dev -- x'])(
    'is itself: %s',
    (command) => expect(plan(command).more).toEqual([]),
  );
});
