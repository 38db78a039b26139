import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../src/base/error-codes.ts';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import { ENDPOINTS, pathOf } from '../../../src/protocol/endpoints.ts';
import { fromErrorBody, toErrorBody } from '../../../src/protocol/error-body.ts';
import { compareVersions } from '../../../src/protocol/version.ts';

describe('an error', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s is the same on both ends of the wire', (code) => {
    const sent = new StyxyError(code, 'what', { why: 'because', hint: 'do this', details: { port: 3000 } });
    const received = fromErrorBody(JSON.parse(JSON.stringify(toErrorBody(sent))), sent.httpStatus);
    expect(received).toMatchObject({
      code,
      message: 'what',
      why: 'because',
      hint: 'do this',
      details: { port: 3000 },
    });
  });

  test('without a reason has null on the wire', () => {
    const body = toErrorBody(new StyxyError('USAGE', 'what'));
    expect(body).toEqual({
      success: false,
      error: {
        code: 'USAGE',
        message: 'what',
        why: null,
        hint: ERRORS.USAGE.hint,
        docs: 'docs/reference/errors.md#usage',
        details: {},
      },
    });
    expect(fromErrorBody(body, 400).why).toBeUndefined();
  });

  test('of a newer daemon keeps its words under a code that we know', () => {
    const body = {
      success: false,
      error: { code: 'MOON_TOO_FULL', message: 'wait', why: null, hint: 'a week', details: {} },
    };
    expect(fromErrorBody(body, 418)).toMatchObject({ code: 'INTERNAL', message: 'wait', hint: 'a week' });
  });

  test.each([
    null,
    undefined,
    'text',
    5,
    [],
    {},
    { error: null },
    { error: 'x' },
    { error: { code: 'USAGE' } },
  ])('that is no error (%j) is told with its status', (body) => {
    expect(fromErrorBody(body, 502)).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('502'),
    });
  });
});

describe('a path', () => {
  test('has its parameters filled in, safe for a URL', () => {
    expect(pathOf('check', { port: 3000 })).toBe('/check/3000');
    expect(pathOf('release', { lockId: '../status?x=1#y' })).toBe('/allocate/..%2Fstatus%3Fx%3D1%23y');
    expect(pathOf('list')).toBe('/allocations');
  });

  test('and a method name one endpoint only', () => {
    const all = Object.values(ENDPOINTS);
    expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
    expect(all.every(({ summary }) => summary.length > 5)).toBe(true);
  });
});

describe('versions', () => {
  test.each([
    ['1.2.3', '1.2.3', 0],
    ['1.2.3', '1.2.4', -1],
    ['1.10.0', '1.9.9', 1],
    ['2.0.0', '1.99.99', 1],
    ['1.2', '1.2.0', 0],
    ['1.2.3-rc.1', '1.2.3', 0],
    ['nonsense', '0.0.0', 0],
    ['', '0.0.1', -1],
  ])('%j compared with %j', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});
