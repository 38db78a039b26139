import { expect, test } from 'vitest';
import { startAgain } from '../../../../src/cli/doctor/start-again.ts';

const SCRIPTS = { build: 'vite build', dev: 'vite', api: 'node src/api.js' };

test.each([
  ['node /p/node_modules/.bin/vite', {}, 'styxy run -- npx vite'],
  ['/usr/bin/node /top/node_modules/.bin/vite --port 3000', {}, 'styxy run -- npx vite --port 3000'],
  ['node /p/node_modules/next/dist/bin/next dev', {}, 'styxy run -- npx next dev'],
  ['node /p/node_modules/vite/bin/vite.js', {}, 'styxy run -- npx vite'],
  ['node /p/node_modules/.bin/vite', SCRIPTS, 'styxy run dev'],
  ['node /p/node_modules/.bin/vite --host', SCRIPTS, 'styxy run -- npx vite --host'],
  ['node /p/node_modules/react-scripts/scripts/start.js', {}, 'styxy run -- <its command>'],
  ['node /p/src/api.js', {}, 'styxy run -- node src/api.js'],
  ['node /p/src/api.js', SCRIPTS, 'styxy run api'],
  ['node /else/api.js', {}, 'styxy run -- node /else/api.js'],
  ['node server.js', {}, 'styxy run -- node server.js'],
  ['/usr/bin/python3 -m http.server', {}, 'styxy run -- python3 -m http.server'],
  ['next-server (v16.0.1)', {}, 'styxy run -- <its command>'],
])('%s in /p is started again so that it works', (command, scripts, line) => {
  expect(startAgain(command, '/p', scripts)).toBe(line);
});
