import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/protocol/requests/parse.ts';
import { logQuery, scanQuery } from '../../../src/protocol/requests/queries.ts';
import { allocateBody, attachBody } from '../../../src/protocol/requests/allocate.ts';
import { listQuery } from '../../../src/protocol/requests/queries.ts';

const body = (fields: object) => ({ service_type: 'dev', ...fields });
const refusal = (fields: object) => {
  try {
    return { accepted: parse(allocateBody, body(fields)) };
  } catch (error) {
    return error;
  }
};

test('a complete request is taken as it is', () => {
  const whole = {
    service_type: 'dev',
    service_type_default: true,
    service_name: 'web',
    preferred_port: 3000,
    port: 1,
    project_path: '/home/ä b/"p"',
    branch: 'feature/x',
    instance_id: 'i.1',
    process_id: 5,
    ttl_ms: 1,
    hold: true,
    request_id: 'r',
    lock_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    command: 'npm run dev',
    avoid: [1, 65_535],
    force: false,
  };
  expect(parse(allocateBody, whole)).toEqual(whole);
});

test('a field nobody knows is ignored, for older daemons under newer clients', () => {
  expect(parse(allocateBody, body({ colour: 'red' }))).toEqual({ service_type: 'dev' });
});

test.each(['port', 'preferred_port'])('%s must be a whole number from 1 to 65535', (field) => {
  for (const value of [0, -1, 70_000, 3000.5, '3000', null, [], {}, true, NaN]) {
    expect(refusal({ [field]: value })).toMatchObject({ code: 'INVALID_PORT', details: { field } });
  }
});

test('the place in a log is no port', () => {
  for (const from of [-1, 1e99, 0.5]) {
    const read = () => parse(logQuery, { from });
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', details: { field: 'from' } }));
  }
  expect(() => parse(scanQuery, { from: -1 })).toThrow(expect.objectContaining({ code: 'INVALID_PORT' }));
});

test.each(['service_type', 'service_name', 'instance_id'])('%s must be a name', (field) => {
  for (const value of ['', '__proto__', '../../etc', 'a b', '<script>', 'x'.repeat(65), 5, null, {}]) {
    expect(refusal({ [field]: value })).toMatchObject({ code: 'INVALID_NAME', details: { field } });
  }
});

test.each([
  ['process_id', [0, -1, 1.5, 2 ** 31, '5']],
  ['ttl_ms', [0, -1, 1.5, 31 * 86_400_000, '10m']],
  ['request_id', ['', 'x'.repeat(129), 'a\nb', 5]],
  ['lock_id', ['', 'short', '../../etc/passwd', 'x'.repeat(65), 5]],
  ['project_path', ['/p\u0000', `/${'p'.repeat(4096)}`, 5]],
  ['branch', ['a\tb', 'x'.repeat(257)]],
  ['command', ['a\u007fb', 'x'.repeat(4097), []]],
  ['hold', ['yes', 1, null]],
  ['force', ['true', 0]],
  ['service_type_default', ['true']],
  ['service_type_known', [1]],
])('%s is checked', (field, values) => {
  for (const value of values) {
    expect(refusal({ [field]: value })).toMatchObject({ code: 'INVALID_REQUEST', details: { field } });
  }
});

test('ports to avoid are ports, and not too many', () => {
  expect(refusal({ avoid: [3000, 'x'] })).toMatchObject({
    code: 'INVALID_REQUEST',
    details: { field: 'avoid.1' },
  });
  expect(refusal({ avoid: Array(65).fill(3000) })).toMatchObject({ code: 'INVALID_REQUEST' });
});

test('a missing type is told as missing', () => {
  const missing = { code: 'INVALID_REQUEST', why: 'it was missing', details: { field: 'service_type' } };
  expect(() => parse(allocateBody, {})).toThrow(expect.objectContaining(missing));
});

test('the message shows what was sent, cut to a bearable length', () => {
  expect(refusal({ port: 70_000 })).toMatchObject({
    message: expect.stringMatching(/^port: /),
    why: 'it was 70000',
  });
  expect((refusal({ service_name: 'é'.repeat(500) }) as { why: string }).why.length).toBeLessThan(100);
});

describe('an object with odd keys', () => {
  test('is read by its own known keys only', () => {
    const odd: unknown = JSON.parse(
      '{"service_type":"dev","__proto__":{"port":80},"constructor":{"port":80}}',
    );
    const parsed = parse(allocateBody, odd);
    expect(parsed).toEqual({ service_type: 'dev' });
    expect(parsed.port).toBeUndefined();
  });
});

test('an attachment names a process, or wishes to leave', () => {
  expect(parse(attachBody, { process_id: 7, adopt: true })).toEqual({ process_id: 7, adopt: true });
  expect(parse(attachBody, {})).toEqual({});
  for (const value of [0, 'x', -7]) {
    expect(() => parse(attachBody, { process_id: value })).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    );
  }
});

describe('the path of a project', () => {
  const pathOf = (path: string) => parse(allocateBody, body({ project_path: path })).project_path;

  test('is the same however it is written', () => {
    for (const path of ['/a/shop', '/a/../a/shop', '/a//shop/', '/a/./shop'])
      expect(pathOf(path)).toBe('/a/shop');
    expect(pathOf('/')).toBe('/');
    expect(parse(listQuery, { project: '/b/../a/shop/' })).toEqual({ project: '/a/shop' });
  });

  test('may have any character that a folder may have', () => {
    for (const path of ['/a/tab\tshop', '/a/line\nshop', '/a/esc\u001b[2J']) expect(pathOf(path)).toBe(path);
    expect(() => pathOf('/a/\u0000')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
