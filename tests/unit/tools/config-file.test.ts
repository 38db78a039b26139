import { describe, expect, it } from 'vitest';
import { type Files, planPort, PORT, projectOf } from './support.ts';

const planOf = (command: string, file: string, text: string | object) =>
  planPort(command.split(' '), projectOf({ [file]: text }));

describe('the port in the configuration of a tool', () => {
  it.each([
    ['vite', 'vite.config.ts', 'export default { server: { host: true, port: 3010 } }', 3010],
    [
      'vite',
      'vite.config.js',
      `export default { server: { hmr: { port: 1 }, port: 3010, open: true } }`,
      3010,
    ],
    ['vite', 'vite.config.ts', 'export default { server: { port: Number(process.env.PORT) || 3010 } }', 3010],
    ['vite --config other.ts', 'other.ts', 'export default { server: { port: 3010 } }', 3010],
    [
      'vite preview',
      'vite.config.ts',
      'export default { server: { port: 1 }, preview: { port: 3010 } }',
      3010,
    ],
    ['webpack serve', 'webpack.config.js', 'module.exports = {\n devServer: {\n  port: 3010,\n } };', 3010],
    ['astro dev', 'astro.config.mjs', 'export default defineConfig({ server: { port: 3010 } });', 3010],
    ['nuxt dev', 'nuxt.config.ts', 'export default { devServer: { port: 3010 } }', 3010],
    [
      'ng serve',
      'angular.json',
      {
        projects: {
          a: { architect: { serve: { builder: 'b', options: { buildTarget: 'a:b', port: 3010 } } } },
        },
      },
      3010,
    ],
    ['mkdocs serve', 'mkdocs.yml', 'site_name: x\ndev_addr: 127.0.0.1:3010\n', 3010],
    ['jekyll serve', '_config.yml', 'title: x\nport: 3010\n', 3010],
    ['wrangler dev', 'wrangler.toml', 'name = "x"\n[dev]\nip = "127.0.0.1"\nport = 3010\n', 3010],
  ])('is wished for, and gives way to a lease: %s with %s', (command, file, text, port) => {
    const { wish, wanted, written, programs } = planOf(command, file, text);
    expect({ wish, wanted, file: written?.file, reached: programs[0]?.edits.reached }).toEqual({
      wish: port,
      file,
      wanted: undefined,
      reached: true,
    });
  });

  it.each([
    ['vite', 'vite.config.ts', 'export default { // server: { port: 3010 }\n }', 5173],
    ['vite', 'vite.config.ts', 'export default { server: { hmr: { port: 3010 } } }', 5173],
    ['vite', 'vite.config.ts', 'export default { server: { port } }', 5173],
    ['vite --port 3001', 'vite.config.ts', 'export default { server: { port: 3010 } }', 3001],
    ['vite --config other.ts', 'vite.config.ts', 'export default { server: { port: 3010 } }', 5173],
    ['wrangler dev', 'wrangler.toml', '[dev]\nip = "x"\n[other]\nport = 3010\n', 8787],
  ])('is not taken from elsewhere: %s with %s', (command, file, text, port) => {
    const { wish, written } = planOf(command, file, text);
    expect({ wish, written }).toEqual({ wish: port, written: undefined });
  });

  it.each([
    [
      'nginx -c nginx.conf',
      'nginx.conf',
      'http {\n server {\n  listen 127.0.0.1:3010 default_server;\n } }',
      3,
    ],
    ['nginx -c nginx.conf', 'nginx.conf', 'http { server { # listen 1;\n listen [::]:3010; } }', 2],
    ['caddy run', 'Caddyfile', '{\n\tadmin off\n}\n:3010 {\n\trespond hi\n}\n', 4],
    ['caddy run --config my.caddy', 'my.caddy', 'http://localhost:3010\nrespond hi\n', 1],
  ])('is all there is where the tool takes it from nowhere else: %s with %s', (command, file, text, line) => {
    const { wanted, programs, place } = planOf(command, file, text);
    expect({ wanted, place, reached: programs[0]?.edits.reached }).toEqual({
      wanted: 3010,
      place: { file, line },
      reached: false,
    });
  });

  const COPIES = { copies: '/home/copies/1', here: { top: '/work/shop', folder: 'web' } };
  const copied = (command: string, file: string, text: string) => {
    const { inject } = planPort(command.split(' '), { ...projectOf({ [file]: text }), ...COPIES });
    const { argv, files = [] } = inject(PORT);
    return { argv: argv.join(' ').replace(files[0]?.path ?? '', 'COPY'), text: files[0]?.text };
  };

  it.each([
    [
      'nginx -c conf/nginx.conf -p .',
      'conf/nginx.conf',
      'http { include mime.types; include /etc/x; server { listen 3010; listen [::]:3010; listen 3011; } }',
      'nginx -c COPY -p .',
      'http { include /work/shop/web/conf/mime.types; include /etc/x; server { listen 3456; listen [::]:3456; listen 3011; } }',
    ],
    [
      'caddy run',
      'Caddyfile',
      'import sites/*\nimport snippet\n:3010 {\n}\n',
      'caddy run -c COPY --adapter caddyfile',
      'import /work/shop/web/sites/*\nimport snippet\n:3456 {\n}\n',
    ],
    ['lite-server', 'x', '', 'lite-server -c COPY', '{ "port": 3456 }\n'],
    [
      'lite-server',
      'bs-config.json',
      '{ "port": 3010, "server": "./dist" }',
      'lite-server -c COPY',
      '{ "port": 3456, "server": "./dist" }',
    ],
    [
      'caddy run --config=my.caddy',
      'my.caddy',
      'localhost:3010\n',
      'caddy run --config=COPY --adapter caddyfile',
      'localhost:3456\n',
    ],
  ])('is replaced in a copy where it can be told to read one: %s', (command, file, text, argv, copy) => {
    expect(copied(command, file, text)).toEqual({ argv, text: copy });
  });

  it('is no place of a file that is not there', () => {
    const found = planPort(['lite-server'], { ...projectOf({}), ...COPIES });
    expect(found.because).toBe('lite-server takes its port from a bs-config.json that is written for it');
    expect(found).toMatchObject({ place: undefined, written: undefined });
  });

  it('may be a variable, which is set', () => {
    const found = planOf('caddy run', 'Caddyfile', ':{$WEB_PORT:3010} {\n}\n');
    expect(found.wish).toBe(3010);
    expect(found.inject(4000).env).toEqual({ WEB_PORT: '4000' });
  });
});

describe('the port in a .env file', () => {
  const SERVER = `app.listen(process.env.PORT ?? 3000);`;
  const wishOf = (command: string, files: Files) => {
    const { wish, written } = planPort(command.split(' '), projectOf(files));
    return [wish, written && `${written.file}:${written.line}`];
  };

  it.each<[string, string, Files]>([
    ['dotenv in its text', 'node server.js', { 'server.js': `require('dotenv').config();\n${SERVER}` }],
    ['--env-file', 'node --env-file .env server.js', { 'server.js': SERVER }],
    [
      'a library of its package',
      'node server.js',
      { 'server.js': SERVER, 'package.json': { dependencies: { '@nestjs/config': '4' } } },
    ],
    ['Bun', 'bun server.ts', { 'server.ts': SERVER }],
    ['create-react-app', 'react-scripts start', {}],
    ['dotenv before it', 'dotenv -e .env -- next dev', {}],
    [
      'dotenv with its own file',
      'dotenv -c -- npm run x',
      { 'package.json': { scripts: { x: 'next dev' } } },
    ],
    ['dotenvx before it', 'dotenvx run -- node server.js', { 'server.js': SERVER }],
    ['uv before it', 'uv run --env-file .env gunicorn app:app', {}],
    ['env-cmd that yields', 'env-cmd --no-override next dev', {}],
  ])('is wished for where the program loads it: %s', (_, command, files) => {
    expect(wishOf(command, { '.env': 'HOST=x\nexport PORT="3010" # ours\n', ...files })).toEqual([
      3010,
      '.env:2',
    ]);
  });

  it.each<[string, string, Files]>([
    ['nothing loads it', 'node server.js', { 'server.js': SERVER }],
    ['Next.js reads it too late', 'next dev', { 'package.json': { dependencies: { dotenv: '17' } } }],
    ['the number is in the code', 'node s.js', { 's.js': `require('dotenv').config();\napp.listen(3000);` }],
  ])('means nothing where %s', (_, command, files) => {
    expect(wishOf(command, { '.env': 'PORT=3010\n', ...files })[0]).not.toBe(3010);
  });

  it('gives way to a number in the command, and to a file that counts more', () => {
    const files = { '.env': 'PORT=3010', 'server.js': SERVER };
    expect(wishOf('env PORT=3020 node --env-file .env server.js', files)[0]).toBe(3020);
    expect(wishOf('react-scripts start', { ...files, '.env.local': 'PORT=3030' })).toEqual([
      3030,
      '.env.local:1',
    ]);
  });

  describe('that wins over the environment', () => {
    const FILES = { '.env': 'export PORT="3010" # ours\nURL=http://localhost:3010/\n', 'server.js': SERVER };
    const COPIES = { copies: '/h/c' };
    const WITH_PORT = 'export PORT=4000 # ours\nURL=http://localhost:4000/\n';

    it.each([
      ['env-cmd next dev', 'env-cmd -f COPY next dev'],
      ['env-cmd --file=.env -- next dev', 'env-cmd --file=COPY -- next dev'],
      ['dotenv -o -e .env -- node server.js', 'dotenv -o -e COPY -- node server.js'],
      ['dotenvx run --overload -- node server.js', 'dotenvx run -f COPY --overload -- node server.js'],
      ['op run --env-file=.env -- next dev', 'op run --env-file=COPY -- next dev'],
    ])('is changed in a copy of it: %s', (command, expected) => {
      const found = planPort(command.split(' '), { ...projectOf(FILES), ...COPIES });
      expect(found).toMatchObject({ wanted: 3010, reached: true });
      const { argv, files: [copy] = [] } = found.inject(4000);
      expect(argv.join(' ').replace(copy?.path ?? '', 'COPY')).toBe(expected);
      expect(copy).toMatchObject({ file: '.env', text: WITH_PORT });
    });

    it('is the only one, where there is no copy', () => {
      const found = planPort(['env-cmd', 'node', 'server.js'], projectOf(FILES));
      expect(found).toMatchObject({ wanted: 3010, reached: false });
      expect(found.inject(4000).argv).toEqual(['env-cmd', 'node', 'server.js']);
    });

    it('is nothing to what reads no PORT, and to another file', () => {
      const wishOfAny = (command: string) =>
        planPort(command.split(' '), { ...projectOf(FILES), ...COPIES }).wish;
      expect(wishOfAny('env-cmd vite')).toBe(5173);
      expect(wishOfAny('env-cmd -f .env.dev next dev')).toBe(3000);
      expect(wishOfAny('env-cmd -e dev next dev')).toBe(3000);
    });
  });
});
