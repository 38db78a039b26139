import { expect, test } from 'vitest';
import { ERRORS, isErrorCode } from '../../../src/base/error-codes.ts';
import { messageOf, ofRemovedFile, StyxyError, systemCode } from '../../../src/base/styxy-error.ts';

test('an error takes status, exit code and hint from the table', () => {
  const error = new StyxyError('PORT_TAKEN', 'port 3000 is taken');
  expect(error).toMatchObject({ httpStatus: 409, exitCode: 75, hint: ERRORS.PORT_TAKEN.hint, details: {} });
  expect(error.why).toBeUndefined();
  expect('cause' in error).toBe(false);
});

test('what the thrower knows better wins over the table', () => {
  const cause = new Error('EADDRINUSE');
  const parts = { why: 'node holds it', hint: 'stop it', details: { port: 3000 }, cause };
  expect(new StyxyError('PORT_TAKEN', 'taken', parts)).toMatchObject(parts);
});

test('names of every object are no error codes', () => {
  expect(['toString', 'constructor', '__proto__', ''].filter(isErrorCode)).toEqual([]);
  expect(isErrorCode('USAGE')).toBe(true);
});

test('anything that was thrown has a message', () => {
  expect([new Error('a'), 'b', 3, undefined, null].map(messageOf)).toEqual([
    'a',
    'b',
    '3',
    'undefined',
    'null',
  ]);
});

test('only errors of the system have a system code', () => {
  const systemError = Object.assign(new Error('no'), { code: 'ENOENT' });
  const numbered = Object.assign(new Error('no'), { code: 5 });
  expect([systemError, numbered, new Error('no'), { code: 'ENOENT' }, undefined].map(systemCode)).toEqual([
    'ENOENT',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a file of ours that was removed under us is told as that, and what to try', () => {
  const failed = (code: string, file: string) =>
    Object.assign(new Error(`Cannot find module '${file}'`), { code });
  const error = ofRemovedFile(failed('MODULE_NOT_FOUND', './chunks/openapi-1.cjs'));
  expect(error).toMatchObject({ code: 'INTERNAL', why: "Cannot find module './chunks/openapi-1.cjs'" });
  expect(error?.hint).toContain('styxy daemon restart');
  expect(ofRemovedFile(failed('MODULE_NOT_FOUND', 'left-pad'))).toBeUndefined();
  expect(ofRemovedFile(failed('ENOENT', './chunks/a.cjs'))).toBeUndefined();
});
