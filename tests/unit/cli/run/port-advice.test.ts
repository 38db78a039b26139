import { expect, test } from 'vitest';
import { portAdvice } from '../../../../src/cli/run/port-advice.ts';

test.each([
  [
    ['node', 'server.js'],
    'let its code read PORT; or, if it has an option for the port, give it {port} there',
  ],
  // npm keeps options for itself, unless they stand behind --.
  [['npm', 'run', 'dev'], 'styxy run -- npm run dev -- --port {port}'],
  [['npm', 'run', 'dev', '--', '--host'], 'styxy run -- npm run dev -- --host --port {port}'],
  [['pnpm', 'run', 'dev'], 'styxy run -- pnpm run dev --port {port}'],
  [['my server', "it's"], String.raw`styxy run -- 'my server' 'it'\''s' --port {port}`],
  [['python', '-m', 'http.server'], 'styxy run -- python -m http.server --port {port}'],
  [['serve', 'x'.repeat(300)], 'styxy run -- <command> --port {port}'],
  [['node', '-e', 'listen(4000)'], 'let its code read PORT, or write {port} where it says the number'],
  [['sh', '-c', 'serve -l 4000'], 'write {port} where it says the number'],
  [['next', 'dev', '-p', '3000'], 'styxy run -- next dev -p 3000 --port {port}'],
  [['my-server', '--listen', '{port}'], 'does it get the {port} of its command?'],
])('the advice for %j can be typed', (command, advice) => {
  expect(portAdvice(command)).toContain(advice);
});

test('behind a script the advice is about the program that it starts', () => {
  const program = ['node', 'server.js'];
  expect(portAdvice(['npm', 'run', 'dev'], program)).toContain('let its code read PORT');
});
