import { expect, test } from 'vitest';
import { describeDriftOf } from '../../../../src/cli/run/drift-words.ts';

const drift = { event: 'drifted' as const, port: 3000, actual_ports: [4000] };

function say(command: string[], how: string | undefined, own: object = {}): string {
  const programs = how === undefined ? [] : [{ how, command }];
  const plan = { serviceName: 'web', command, because: `node ${how}`, programs, isOnlyRuns: false };
  return describeDriftOf(drift, { ...plan, portVariables: [], ...own });
}

const START = 'web listens on 4000, not on its port 3000: ';

test('a program that is expected to read PORT does not, or not the variable that was named', () => {
  const advice = 'give it the port with {port}, e.g. styxy run -- node a.js --port {port}';
  expect(say(['node', 'a.js'], undefined)).toBe(`${START}it does not read PORT; ${advice}`);
  const named = say(['node', 'a.js'], 'is expected to read PORT', { portVariables: ['WEB_PORT'] });
  expect(named).toBe(`${START}it does not read WEB_PORT; ${advice}`);
});

test('a program that was given none is not said to read none', () => {
  const hint = 'turbo passes on only what it is told to: --env-mode=loose';
  expect(say(['turbo', 'dev'], `gets no PORT: ${hint}`)).toBe(`${START}it gets no PORT: ${hint}`);
});

test('a number that stays is said to, with the line by which it is leased', () => {
  const how = 'listens on port 4000, which a.js has hard-coded';
  const typed = 'styxy run --prefer 4000 -- node a.js';
  expect(say(['node', 'a.js'], how)).toBe(`${START}it ${how}; it can have that port: ${typed}`);
});

test('for a tool that took no notice of its option the dry run is named', () => {
  expect(say(['npm', 'run', 'dev'], 'takes its port from --port')).toBe(
    `${START}but node takes its port from --port; styxy run --dry-run -- npm run dev shows what it is started with`,
  );
});

test('for a run inside the run its command is told', () => {
  const words = ['styxy', 'run', '--name', 'web', '--', 'node', 'a.js'];
  const own = {
    isOnlyRuns: true,
    command: ['npm', 'run', 'dev'],
    programs: [{ how: 'is expected to read PORT', command: words }],
  };
  expect(say([], undefined, own)).toContain('e.g. styxy run -- node a.js --port {port}');
});

test('several ports are all named, and {port} of the command is asked about', () => {
  const both = { ...drift, actual_ports: [4000, 4001] };
  const plan = {
    serviceName: 'web',
    command: ['x', '{port}'],
    because: '',
    programs: [],
    isOnlyRuns: false,
    portVariables: [],
  };
  expect(describeDriftOf(both, plan)).toBe(
    'web listens on 4000 and 4001, not on its port 3000: does it get the {port} of its command?',
  );
});
