import { expect, it } from 'vitest';
import { plan } from './support.ts';

it.each([
  ['npm run dev:web', 'dev-web'],
  ['npm run demo', 'demo'],
  ['vite', 'vite'],
  ['python3 -m http.server', 'python-http-server'],
  ['node server.js', 'server'],
  ['node --inspect -r dotenv/config ./src/api.main.mjs', 'api.main'],
  ['tsx watch src/index.ts', 'index'],
  ['bun server.ts', 'server'],
  ['deno run -A main.ts', 'main'],
  ['python3 -W ignore manage.py runserver', 'manage'],
  ['node .', 'app'],
  ['./bin/my_server', 'my_server'],
  ['/opt/tool/server.exe', 'server'],
  ['npx -y http-echo@2', 'http-echo'],
  ['npx @acme/echo', 'acme-echo'],
  ['$$$', 'app'],
  [`./${'x'.repeat(100)}`, 'x'.repeat(64)],
])('a service is called after its script, its tool or its program: %s', (command, name) => {
  const scripts = { 'dev:web': 'vite', demo: 'npm run inner', inner: 'python3 -m http.server' };
  expect(plan(command, scripts).identity.name).toBe(name);
  expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/i);
});
