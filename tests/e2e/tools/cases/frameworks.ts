import { ANY, SAYS, type ToolCase } from '../support/tool-case.ts';

const next = {
  packages: ['next@16', 'react@19', 'react-dom@19'],
  files: {
    'app/page.jsx': `export default function Page() { return <h1>${SAYS}</h1>; }\n`,
    'app/layout.jsx': `export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n`,
    'next.config.js': 'module.exports = {};\n',
  },
  env: { NEXT_TELEMETRY_DISABLED: '1' },
  default: 3000,
  says: SAYS,
} as const;
const astro = {
  packages: ['astro@5'],
  files: { 'src/pages/index.astro': `<h1>${SAYS}</h1>\n` },
  env: { ASTRO_TELEMETRY_DISABLED: '1' },
  newNode: true,
  default: 4321,
  says: SAYS,
} as const;
const nuxt = {
  packages: ['nuxt@4', 'vue@3', 'vue-router@4'],
  files: {
    'app/app.vue': `<template><h1>${SAYS}</h1></template>\n`,
    'nuxt.config.ts': `export default defineNuxtConfig({ compatibilityDate: '2025-07-01', telemetry: false });\n`,
  },
  env: { NUXT_TELEMETRY_DISABLED: '1' },
  newNode: true,
  default: 3000,
  says: SAYS,
} as const;
const reactRouter = {
  packages: [
    'react-router@7',
    '@react-router/dev@7',
    '@react-router/node@7',
    '@react-router/serve@7',
    'react@19',
    'react-dom@19',
    'isbot@5',
    'vite@7',
  ],
  files: {
    'vite.config.js': `import { reactRouter } from '@react-router/dev/vite';
export default { plugins: [reactRouter()] };
`,
    'app/root.jsx': `import { Outlet, Scripts } from 'react-router';
export default function App() { return <html><body><Outlet /><Scripts /></body></html>; }
`,
    'app/routes.js': `import { index } from '@react-router/dev/routes';
export default [index('routes/home.jsx')];
`,
    'app/routes/home.jsx': `export default function Home() { return <h1>${SAYS}</h1>; }\n`,
    'package.json': { type: 'module' },
  },
  newNode: true,
  says: SAYS,
} as const;

export const frameworks: readonly ToolCase[] = [
  { ...next, name: 'next dev', row: 'next', command: 'next dev', fixed: 'next dev -p {port}' },
  {
    ...next,
    name: 'next start',
    prepare: ['next', 'build'],
    command: 'next start',
    fixed: 'next start -p {port}',
  },
  { ...astro, name: 'astro dev', row: 'astro dev', command: 'astro dev', fixed: 'astro dev --port {port}' },
  {
    ...astro,
    name: 'astro preview',
    row: 'astro preview',
    prepare: ['astro', 'build'],
    command: 'astro preview',
    fixed: 'astro preview --port {port}',
  },
  {
    ...nuxt,
    name: 'nuxt dev',
    row: 'nuxt dev',
    command: 'nuxt dev',
    fixed: 'nuxt dev --port {port}',
    others: [24_678, ANY],
  },
  {
    ...nuxt,
    name: 'nuxt preview',
    row: 'nuxt preview',
    prepare: ['nuxt', 'build'],
    command: 'nuxt preview',
    fixed: 'nuxt preview --port {port}',
  },
  {
    ...reactRouter,
    name: 'react-router dev',
    row: 'react-router dev',
    command: 'react-router dev',
    fixed: 'react-router dev --port {port}',
    default: 5173,
  },
  {
    ...reactRouter,
    name: 'react-router-serve',
    row: 'react-router-serve',
    prepare: ['react-router', 'build'],
    command: 'react-router-serve ./build/server/index.js',
    fixed: 'PORT={port} react-router-serve ./build/server/index.js',
    default: 3000,
  },
  {
    name: 'remix vite:dev',
    row: 'remix vite:dev',
    packages: [
      '@remix-run/dev@2',
      '@remix-run/node@2',
      '@remix-run/react@2',
      '@remix-run/serve@2',
      'react@18',
      'react-dom@18',
      'isbot@5',
      'vite@6',
      'typescript@5',
    ],
    files: {
      'vite.config.mjs': `import { vitePlugin } from '@remix-run/dev';
export default { plugins: [vitePlugin()] };
`,
      'app/root.jsx': `import { Outlet, Scripts } from '@remix-run/react';
export default function App() { return <html><body><Outlet /><Scripts /></body></html>; }
`,
      'app/routes/_index.jsx': `export default function Home() { return <h1>${SAYS}</h1>; }\n`,
      'package.json': { type: 'module' },
    },
    command: 'remix vite:dev',
    fixed: 'remix vite:dev --port {port}',
    default: 5173,
    says: SAYS,
  },
  {
    name: 'SvelteKit',
    packages: ['@sveltejs/kit@2', '@sveltejs/vite-plugin-svelte@6', 'svelte@5', 'vite@7'],
    newNode: true,
    files: {
      'vite.config.js': `import { sveltekit } from '@sveltejs/kit/vite';
export default { plugins: [sveltekit()] };
`,
      'svelte.config.js': 'export default {};\n',
      'src/app.html':
        '<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n',
      'src/routes/+page.svelte': `<h1>${SAYS}</h1>\n`,
      'package.json': { type: 'module' },
    },
    command: 'vite dev',
    fixed: 'vite dev --port {port}',
    default: 5173,
    says: SAYS,
  },
  {
    name: 'SolidStart',
    row: 'vinxi dev',
    packages: ['vinxi@0.5', '@solidjs/start@1', 'solid-js@1', '@solidjs/router@0.15'],
    newNode: true,
    files: {
      'app.config.js': `import { defineConfig } from '@solidjs/start/config';
export default defineConfig({});
`,
      'src/app.jsx': `export default function App() { return <h1>${SAYS}</h1>; }\n`,
      'src/entry-client.jsx': `// @refresh reload
import { mount, StartClient } from '@solidjs/start/client';
mount(() => <StartClient />, document.getElementById('app'));
`,
      'src/entry-server.jsx': `// @refresh reload
import { createHandler, StartServer } from '@solidjs/start/server';
export default createHandler(() => (
  <StartServer document={({ assets, children, scripts }) => (
    <html><head>{assets}</head><body><div id="app">{children}</div>{scripts}</body></html>
  )} />
));
`,
      'package.json': { type: 'module' },
    },
    command: 'vinxi dev',
    fixed: 'vinxi dev --port {port}',
    others: [ANY],
    default: 3000,
    says: SAYS,
  },
  {
    name: 'Qwik City',
    packages: ['@builder.io/qwik@1', '@builder.io/qwik-city@1', 'vite@6'],
    files: {
      'vite.config.mjs': `import { qwikCity } from '@builder.io/qwik-city/vite';
import { qwikVite } from '@builder.io/qwik/optimizer';
export default { plugins: [qwikCity({ trailingSlash: false }), qwikVite()] };
`,
      'src/root.tsx': `import { component$ } from '@builder.io/qwik';
import { QwikCityProvider, RouterOutlet } from '@builder.io/qwik-city';
export default component$(() => <QwikCityProvider><head /><body><RouterOutlet /></body></QwikCityProvider>);
`,
      'src/entry.ssr.tsx': `import { renderToStream } from '@builder.io/qwik/server';
import Root from './root';
export default (options) => renderToStream(<Root />, options);
`,
      'src/routes/index.tsx': `import { component$ } from '@builder.io/qwik';
export default component$(() => <h1>${SAYS}</h1>);
`,
      'tsconfig.json': {
        compilerOptions: {
          jsx: 'react-jsx',
          jsxImportSource: '@builder.io/qwik',
          module: 'ES2022',
          moduleResolution: 'Bundler',
        },
      },
      'package.json': { type: 'module' },
    },
    command: 'vite --mode ssr',
    fixed: 'vite --mode ssr --port {port}',
    default: 5173,
    says: SAYS,
  },
  {
    name: 'nitro',
    row: 'nitro dev',
    packages: ['nitropack@2'],
    files: {
      'routes/index.ts': `export default eventHandler(() => '${SAYS}');\n`,
      'nitro.config.ts': `export default defineNitroConfig({ compatibilityDate: '2025-07-01' });\n`,
    },
    command: 'nitropack dev',
    fixed: 'nitropack dev --port {port}',
    others: [ANY],
    default: 3000,
    says: SAYS,
  },
  {
    name: 'listhen',
    row: 'listhen',
    packages: ['listhen@1'],
    files: { 'index.mjs': `export default () => '${SAYS}';\n` },
    command: 'listhen ./index.mjs',
    fixed: 'listhen ./index.mjs --port {port}',
    default: 3000,
  },
  {
    name: 'gatsby develop',
    row: 'gatsby develop',
    packages: ['gatsby@5', 'react@18', 'react-dom@18'],
    files: { 'src/pages/index.js': `import React from 'react';\nexport default () => <h1>${SAYS}</h1>;\n` },
    env: { GATSBY_TELEMETRY_DISABLED: '1' },
    command: 'gatsby develop',
    fixed: 'gatsby develop -p {port}',
    others: [ANY],
    default: 8000,
  },
];
