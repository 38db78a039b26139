import { expect, test } from 'vitest';
import { instanceOf } from '../../../src/client/instance.ts';

const claude = { CLAUDE_CODE_SESSION_ID: '0a1B2c3d-4444-5555', CLAUDE_PID: '4711' };

test('nobody names an instance where nothing does', () => {
  expect(instanceOf({})).toEqual({});
  expect(instanceOf({ STYXY_INSTANCE: '', CLAUDE_CODE_SESSION_ID: '' })).toEqual({});
});

test('what is named wins over the variable, and that over the session of an agent', () => {
  const env = { ...claude, STYXY_INSTANCE: 'mine' };
  expect(instanceOf(env, 'named')).toEqual({ instance_id: 'named' });
  expect(instanceOf(env)).toEqual({ instance_id: 'mine' });
});

test("an agent's session is told with its process and the process that asks", () => {
  expect(instanceOf(claude, undefined, 99)).toEqual({
    instance_id: 'claude-0a1b2c3d',
    session: { process_id: 4711, asked_by: 99 },
  });
});

test('what a run passed on to its command is the same session', () => {
  const env = { ...claude, STYXY_INSTANCE: 'claude-0a1b2c3d' };
  expect(instanceOf(env, undefined, 99)).toEqual(instanceOf(claude, undefined, 99));
});

test.each(['', '0', '-1', 'x', '1.5'])('a pid that is none ("%s") is not told', (CLAUDE_PID) => {
  expect(instanceOf({ ...claude, CLAUDE_PID })).toEqual({ instance_id: 'claude-0a1b2c3d' });
});

test.each([
  [{ CODEX_THREAD_ID: '0199a213-81c0-7800' }, 'codex-0199a213'],
  [{ GEMINI_SESSION_ID: 'f00dcafe/../x' }, 'gemini-f00dcafe'],
  [{ CLAUDE_CODE_SESSION_ID: '../..', CODEX_THREAD_ID: 'abc' }, 'codex-abc'],
])('%j is the session %s', (env, instance_id) => {
  expect(instanceOf(env)).toEqual({ instance_id });
});
