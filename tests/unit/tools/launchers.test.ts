import { expect, it } from 'vitest';
import { injected, plan } from './support.ts';

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
