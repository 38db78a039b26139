import { beforeEach, describe, expect, test } from 'vitest';
import { StyxyError } from '../../../../src/base/styxy-error.ts';
import type { Output } from '../../../../src/cli/print/output.ts';
import { asStyxyError, reportError } from '../../../../src/cli/print/error.ts';

let notes: string[];
let documents: unknown[];
const out: Output = {
  failure: undefined,
  data: () => expect.unreachable('an error is no data'),
  notesAreRead: false,
  notesAreLogged: false,
  dataIsRead: false,
  width: undefined,
  waitingFor: () => () => undefined,
  handOver: () => undefined,
  line: () => expect.unreachable('an error is no data'),
  exact: () => expect.unreachable('an error is no data'),
  note: (text) => void notes.push(text),
  json: (value) => void documents.push(value),
  paint: (_, text) => text,
  paintNote: (_, text) => text,
};
beforeEach(() => void ([notes, documents] = [[], []]));

const error = new StyxyError('PORT_TAKEN', 'port 3000 is taken', { why: 'node holds it', hint: 'stop it' });

test('a failure says what happened, why, and what to try', () => {
  reportError(error, out, { json: false, debug: false });
  expect(notes).toEqual([
    'styxy: error[PORT_TAKEN]: port 3000 is taken',
    '  why: node holds it',
    '  try: stop it',
    '  see: docs/reference/errors.md#port_taken',
  ]);
  expect(documents).toEqual([]);
});

test('a reason that nobody knows is left out', () => {
  reportError(new StyxyError('USAGE', 'no'), out, { json: false, debug: false });
  expect(notes).toHaveLength(3);
});

test('each of several problems of a file has its own line', () => {
  const problems = [
    { line: 2, message: '"a" is wrong' },
    { line: null, message: 'so is "b"' },
  ];
  const bad = new StyxyError('BAD_CONFIG', 'f is not valid', {
    why: 'all of it; in one',
    details: { problems },
  });
  reportError(bad, out, { json: false, debug: false });
  expect(notes.slice(1, 3)).toEqual(['  why: line 2: "a" is wrong', '       so is "b"']);
});

test('a program gets the same as one document', () => {
  reportError(error, out, { json: true, debug: false });
  const told = {
    code: 'PORT_TAKEN',
    message: 'port 3000 is taken',
    why: 'node holds it',
    hint: 'stop it',
    docs: 'docs/reference/errors.md#port_taken',
    details: {},
  };
  expect(documents).toEqual([{ success: false, error: told }]);
});

test('who looks for a bug gets the place of the cause', () => {
  const cause = new Error('deep below');
  reportError(new StyxyError('INTERNAL', 'no', { cause }), out, { json: false, debug: true });
  expect(notes.join('\n')).toContain('deep below');
  expect(notes.join('\n')).toContain('error.test.ts');
});

describe('what was thrown', () => {
  test('is ours, or our bug', () => {
    expect(asStyxyError(error)).toBe(error);
    expect(asStyxyError(new TypeError('x is undefined'))).toMatchObject({ code: 'INTERNAL', exitCode: 70 });
    expect(asStyxyError('odd').message).toContain('odd');
  });
});
