import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a package.json is written. */
export interface Format {
  readonly indent: string | number;
  readonly eol: '\n' | '\r\n';
  readonly mark: boolean;
  readonly ends: boolean;
}

export const FORMATS: readonly Format[] = [
  { indent: 2, eol: '\n', mark: false, ends: true },
  { indent: 4, eol: '\n', mark: false, ends: false },
  { indent: '\t', eol: '\r\n', mark: false, ends: true },
  { indent: 2, eol: '\r\n', mark: true, ends: false },
  { indent: 0, eol: '\n', mark: false, ends: true },
  { indent: 3, eol: '\n', mark: true, ends: true },
];

type Scripts = Readonly<Record<string, string>>;

/** A project in the shape of a well-known kind; its texts are ours. */
export interface Shape {
  readonly title: string;
  /** By folder. */
  readonly packages: Readonly<Record<string, Scripts>>;
  /** `folder:script`. */
  readonly servers: readonly string[];
  readonly depends?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly top?: object;
}

const LISTENS = `require('node:http').createServer().listen(process.env.PORT ?? 4000);`;

const app = (
  title: string,
  scripts: Scripts,
  servers: readonly string[],
  more: Partial<Shape> = {},
): Shape => ({
  title,
  packages: { '.': scripts },
  servers: servers.map((name) => `.:${name}`),
  ...more,
});

const QUALITY = {
  lint: 'eslint .',
  test: 'vitest run',
  typecheck: 'tsc --noEmit',
  format: 'prettier --write .',
};

export const SHAPES: readonly Shape[] = [
  app('Vite', { dev: 'vite', build: 'tsc -b && vite build', preview: 'vite preview', ...QUALITY }, [
    'dev',
    'preview',
  ]),
  app('Next', { dev: 'next dev --turbopack', build: 'next build', start: 'next start', ...QUALITY }, [
    'dev',
    'start',
  ]),
  app(
    'Nuxt',
    {
      dev: 'nuxt dev',
      build: 'nuxt build',
      generate: 'nuxt generate',
      preview: 'nuxt preview',
      postinstall: 'nuxt prepare',
    },
    ['dev', 'preview'],
  ),
  app(
    'Astro',
    {
      dev: 'astro dev',
      start: 'astro dev',
      build: 'astro check && astro build',
      preview: 'astro preview',
      astro: 'astro',
    },
    ['dev', 'start', 'preview'],
  ),
  app(
    'SvelteKit',
    {
      dev: 'vite dev',
      build: 'vite build',
      check: 'svelte-kit sync && svelte-check',
      preview: 'vite preview',
    },
    ['dev', 'preview'],
  ),
  app(
    'React Router',
    {
      dev: 'react-router dev',
      build: 'react-router build',
      start: 'react-router-serve ./build/server/index.js',
    },
    ['dev', 'start'],
  ),
  app(
    'Create React App',
    {
      start: 'react-scripts start',
      build: 'react-scripts build',
      test: 'react-scripts test',
      eject: 'react-scripts eject',
    },
    ['start'],
  ),
  app(
    'Vue CLI',
    { serve: 'vue-cli-service serve', build: 'vue-cli-service build', lint: 'vue-cli-service lint' },
    ['serve'],
  ),
  app(
    'Angular',
    {
      ng: 'ng',
      start: 'ng serve --port 4300',
      build: 'ng build',
      watch: 'ng build --watch',
      test: 'ng test',
    },
    ['start'],
  ),
  app(
    'Gatsby',
    {
      develop: 'gatsby develop',
      start: 'npm run develop',
      build: 'gatsby build',
      serve: 'gatsby serve',
      clean: 'gatsby clean',
    },
    ['develop', 'serve'],
  ),
  app(
    'Storybook',
    { dev: 'vite', storybook: 'storybook dev -p 6006', 'build-storybook': 'storybook build' },
    ['dev', 'storybook'],
  ),
  app(
    'Nest',
    {
      build: 'nest build',
      start: 'nest start',
      'start:dev': 'nest start --watch',
      'start:prod': 'node dist/main',
      test: 'jest',
    },
    ['start', 'start:dev', 'start:prod'],
    { depends: ['@nestjs/core'] },
  ),
  app('Express', { start: 'node server.js', dev: 'nodemon server.js', test: 'mocha' }, ['start', 'dev'], {
    files: { 'server.js': LISTENS },
  }),
  app('Express, generated', { start: 'node ./bin/www' }, ['start'], { depends: ['express'] }),
  app(
    'Express in TypeScript',
    { dev: 'tsx watch src/server.ts', build: 'tsc', start: 'node dist/server.js' },
    ['dev', 'start'],
    { files: { 'src/server.ts': LISTENS } },
  ),
  app(
    'Fastify',
    { start: 'fastify start -l info app.js', dev: 'fastify start -w app.js', test: 'node --test' },
    ['start', 'dev'],
  ),
  app(
    'Hono',
    { dev: 'tsx watch src/index.ts', start: 'node dist/index.js', build: 'tsc' },
    ['dev', 'start'],
    { depends: ['hono'], files: { 'src/index.ts': LISTENS } },
  ),
  app('Worker', { dev: 'wrangler dev', deploy: 'wrangler deploy', 'cf-typegen': 'wrangler types' }, ['dev']),
  app(
    'Documentation',
    {
      docs: 'vitepress dev docs',
      'docs:build': 'vitepress build docs',
      'docs:preview': 'vitepress preview docs',
    },
    ['docs', 'docs:preview'],
  ),
  app(
    'Docusaurus',
    {
      start: 'docusaurus start',
      build: 'docusaurus build',
      serve: 'docusaurus serve',
      swizzle: 'docusaurus swizzle',
    },
    ['start', 'serve'],
  ),
  app('Eleventy', { start: 'eleventy --serve', build: 'eleventy', debug: 'DEBUG=Eleventy* eleventy' }, [
    'start',
  ]),
  app(
    'static pages',
    {
      demo: 'python3 -m http.server 8000',
      serve: 'serve -s build -l 5000',
      old: 'http-server -p 8080 public',
    },
    ['demo', 'serve', 'old'],
  ),
  app(
    'webpack',
    {
      start: 'webpack serve --mode development',
      build: 'webpack --mode production',
      watch: 'webpack --watch',
    },
    ['start'],
  ),
  app(
    'webpack with variables',
    { dev: 'cross-env NODE_ENV=development webpack serve', build: 'cross-env NODE_ENV=production webpack' },
    ['dev'],
  ),
  app('Parcel', { start: 'parcel src/index.html', build: 'parcel build src/index.html' }, ['start']),
  app('Rsbuild', { dev: 'rsbuild dev --open', build: 'rsbuild build', preview: 'rsbuild preview' }, [
    'dev',
    'preview',
  ]),
  app(
    'front and back end',
    { dev: 'concurrently "vite" "node api.js"', client: 'vite', server: 'node api.js' },
    ['dev', 'client', 'server'],
    { files: { 'api.js': LISTENS } },
  ),
  app(
    'front and back end by names',
    { dev: 'concurrently -k "npm:dev:*"', 'dev:web': 'vite', 'dev:api': 'node api.js', all: 'run-p dev:*' },
    ['dev:web', 'dev:api'],
    { files: { 'api.js': LISTENS } },
  ),
  app(
    'Electron',
    {
      dev: 'concurrently -k "vite --port 5180" "wait-on tcp:5180 && electron ."',
      build: 'vite build && electron-builder',
    },
    ['dev'],
  ),
  app(
    'end-to-end tests',
    { dev: 'vite', e2e: 'start-server-and-test dev http://localhost:5173 cy', cy: 'cypress run' },
    ['dev'],
  ),
  app(
    'a database first',
    {
      db: 'docker compose up -d db',
      dev: 'wait-on tcp:5432 && vite',
      migrate: 'prisma migrate dev',
      studio: 'prisma studio',
    },
    ['dev', 'studio'],
  ),
  app('dotenv', { dev: 'dotenv -e .env.local -- next dev', build: 'dotenv -e .env -- next build' }, ['dev']),
  app(
    'variables in front',
    {
      dev: 'NODE_OPTIONS=--enable-source-maps PORT=3005 next dev',
      start: 'NODE_ENV=production next start -p 3006',
    },
    ['dev', 'start'],
  ),
  app(
    'a build first',
    { dev: 'tsc && node server.js', start: '(cd . && exec node server.js)' },
    ['dev', 'start'],
    { files: { 'server.js': LISTENS } },
  ),
  app(
    'a mock server',
    { mock: 'json-server --watch db.json --port 3001', dev: 'vite', both: 'npm run mock & npm run dev' },
    ['mock', 'dev'],
  ),
  app(
    'a library',
    {
      build: 'tsup src/index.ts',
      dev: 'tsup --watch',
      test: 'vitest',
      release: 'changeset publish',
      prepare: 'husky',
    },
    [],
  ),
  app('a command line', { build: 'tsc', start: 'node cli.js', test: 'node --test' }, [], {
    depends: ['commander'],
    files: { 'cli.js': 'console.log(1)' },
  }),
  {
    title: 'npm workspaces',
    top: { workspaces: ['packages/*'] },
    packages: {
      '.': { dev: 'npm run dev --workspaces --if-present', build: 'npm run build --workspaces' },
      'packages/web': { dev: 'vite', build: 'vite build' },
      'packages/api': { dev: 'node api.js', build: 'tsc' },
      'packages/ui': { build: 'tsc', storybook: 'storybook dev -p 6007' },
    },
    servers: ['packages/web:dev', 'packages/api:dev', 'packages/ui:storybook'],
    files: { 'packages/api/api.js': LISTENS },
  },
  {
    title: 'pnpm and turbo',
    packages: {
      '.': { dev: 'turbo run dev', build: 'turbo run build' },
      'apps/web': { dev: 'next dev', build: 'next build', start: 'next start' },
      'apps/docs': { dev: 'next dev --port 3001', build: 'next build' },
      'packages/config': {},
    },
    servers: ['apps/web:dev', 'apps/web:start', 'apps/docs:dev'],
    files: {
      'pnpm-workspace.yaml': 'packages:\n  - apps/*\n  - "packages/*"\n',
      'turbo.json': '{"tasks":{"dev":{}}}',
    },
  },
  {
    title: 'folders without a workspace',
    packages: {
      '.': {
        client: 'npm start --prefix client',
        server: 'node server/index.js',
        dev: 'concurrently "npm run server" "npm run client"',
      },
      client: { start: 'react-scripts start', build: 'react-scripts build' },
    },
    servers: ['.:server', 'client:start'],
    files: { 'server/index.js': LISTENS },
  },
];

/** Writes a project in one of the formats. @returns its package.json files */
export function writeShape(folder: string, shape: Shape, format: Format): string[] {
  for (const [name, text] of Object.entries(shape.files ?? {})) write(join(folder, name), text);
  return Object.entries(shape.packages).map(([dir, scripts]) => {
    const content = {
      name: dir === '.' ? 'top' : `@acme/${dir.split('/').at(-1)}`,
      version: '1.2.3',
      ...(dir === '.' && shape.top),
      scripts,
      'x-note': 'a \u00e9 "quoted" text & <more>',
      dependencies: Object.fromEntries((shape.depends ?? []).map((name) => [name, '*'])),
    };
    const text = JSON.stringify(content, null, format.indent).replaceAll('\n', format.eol);
    const file = join(dir, 'package.json');
    write(join(folder, file), `${format.mark ? '\uFEFF' : ''}${text}${format.ends ? format.eol : ''}`);
    return file;
  });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
