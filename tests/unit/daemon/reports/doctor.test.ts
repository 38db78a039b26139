import { expect, test } from 'vitest';
import { understood } from '../../../../src/daemon/reports/doctor.ts';

test('the answer of styxy doctor is passed on', () => {
  const answer = { ok: false, checks: [{ name: 'node', ok: false, detail: 'v20' }] };
  expect(understood(JSON.stringify(answer))).toEqual(answer);
});

test.each(['(node:1) Warning\n{"ok":true', '{"error":{"code":"BAD_CONFIG"}}', 'null'])(
  'what is not its answer is told as such: %s',
  (text) => expect(() => understood(text)).toThrow(expect.objectContaining({ code: 'INTERNAL' })),
);
