import { expect, test } from 'vitest';
import { configLine, describeDriftOf } from '../../../../src/cli/run/drift-words.ts';

const drift = { event: 'drifted' as const, port: 3000, actual_ports: [4000] };
const base = { serviceName: 'web', because: '', isOnlyRuns: false, portVariables: [] };

const HOPED = 'is given PORT, in case it reads that';

function say(command: string[], how: string | undefined, own: object = {}): string {
  const programs =
    how === undefined ? [] : [{ how, isHopedFor: how === HOPED, because: `node ${how}`, command, server: 0 }];
  return describeDriftOf(drift, { ...base, command, programs, ...own });
}

const START = 'web listens on 4000, not on its port 3000: ';

test('a program that was given PORT does not read it, or not the variable that was named', () => {
  const advice = 'let its code read PORT; or, if it has an option for the port, give it {port} there';
  expect(say(['node', 'a.js'], undefined)).toBe(`${START}it does not read PORT; ${advice}`);
  const named = say(['node', 'a.js'], HOPED, { portVariables: ['WEB_PORT'] });
  expect(named).toBe(`${START}it does not read WEB_PORT; ${advice}`);
});

test.each([
  'gets no PORT: turbo passes on only what it is told to: --env-mode=loose',
  'listens on port 4000, which a.js has hard-coded',
  "has the port 4000 where it can't be replaced",
])('a program that was given none is not said to read none: it %s', (how) => {
  expect(say(['turbo', 'dev'], how)).toBe(`${START}it ${how}`);
});

test('for a tool that took no notice of its option the dry run is named', () => {
  expect(say(['npm', 'run', 'dev'], 'takes its port from --port')).toBe(
    `${START}but node takes its port from --port; styxy run --dry-run -- npm run dev shows what it is started with`,
  );
});

test('for a run inside the run its command is told', () => {
  const words = ['styxy', 'run', '--name', 'web', '--', 'node', 'a.js'];
  const programs = [{ how: HOPED, isHopedFor: true, because: HOPED, command: words, server: undefined }];
  const own = { isOnlyRuns: true, command: ['npm', 'run', 'dev'], programs };
  expect(say([], undefined, own)).toContain(
    'let its code read PORT; or, if it has an option for the port, give it {port} there',
  );
});

test('of several servers the one that it is about is described', () => {
  const programs = [
    { how: 'takes its port from --port', isHopedFor: false, because: '', command: ['vite'], server: 0 },
    { how: 'gets no PORT: a hint', isHopedFor: false, because: '', command: ['node', 'api.js'], server: 1 },
  ];
  const plan = { ...base, serviceName: 'api', command: ['npm', 'run', 'dev'], programs };
  expect(describeDriftOf(drift, plan, 1)).toBe(
    'api listens on 4000, not on its port 3000: it gets no PORT: a hint',
  );
});

test('several ports are all named, and {port} of the command is asked about', () => {
  const both = { ...drift, actual_ports: [4000, 4001] };
  expect(describeDriftOf(both, { ...base, command: ['x', '{port}'], programs: [] })).toBe(
    'web listens on 4000 and 4001, not on its port 3000: does it get the {port} of its command?',
  );
  expect(configLine(both, 'web')).toBeUndefined();
  expect(configLine(drift, 'web')).toContain('{"services":{"web":{"port":4000}}}');
});
