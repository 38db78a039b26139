import { describe, expect, test } from 'vitest';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';

const guarded = guardedDaemon();
const json = { 'content-type': 'application/json' };
const ask = async (method: string, path: string, body?: unknown) => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await guarded.ask(method, path, text === undefined ? {} : json, text);
  return {
    status: answer?.status,
    body: JSON.parse(answer?.body ?? 'null') as Record<string, unknown>,
    answer,
  };
};

describe('the routes about instances', () => {
  test('take a heartbeat in each of three ways', async () => {
    expect((await ask('POST', '/instance/register', { instance_id: 'a' })).status).toBe(200);
    const beats = [
      await ask('POST', '/instance/a/heartbeat'),
      await ask('POST', '/instance/a/heartbeat', { anything: 'goes' }),
      await ask('PUT', '/instance/a/heartbeat'),
      await ask('PUT', '/instance/a/heartbeat', {}),
      await ask('POST', '/instance/heartbeat', { instance_id: 'a' }),
    ];
    for (const { status, body } of beats) {
      expect([status, body.success, body.instance_id]).toEqual([200, true, 'a']);
    }
    const { body } = await ask('GET', '/instance/list');
    expect(body.instances).toMatchObject([
      { instance_id: 'a', last_heartbeat: beats[4]?.body.last_heartbeat },
    ]);
    expect((await ask('DELETE', '/instance/a')).status).toBe(200);
    expect((await ask('GET', '/instance/list')).body).toEqual({ instances: [] });
  });

  test.each([
    ['POST', '/instance/nobody/heartbeat', undefined, 404, 'INSTANCE_NOT_FOUND'],
    ['PUT', '/instance/nobody/heartbeat', undefined, 404, 'INSTANCE_NOT_FOUND'],
    ['POST', '/instance/heartbeat', { instance_id: 'nobody' }, 404, 'INSTANCE_NOT_FOUND'],
    ['DELETE', '/instance/nobody', undefined, 404, 'INSTANCE_NOT_FOUND'],
    ['POST', '/instance/heartbeat', {}, 400, 'INVALID_REQUEST'],
    ['POST', '/instance/register', {}, 400, 'INVALID_REQUEST'],
    ['POST', '/instance/register', { instance_id: '../x' }, 400, 'INVALID_NAME'],
    ['POST', '/instance/register', { instance_id: 'list' }, 400, 'INVALID_NAME'],
    ['DELETE', '/instance/list', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/instance/a%20b/heartbeat', undefined, 400, 'INVALID_NAME'],
    ['DELETE', '/instance/..%2f..%2fetc', undefined, 400, 'INVALID_NAME'],
    ['POST', '/instance/register', { instance_id: 'a', process_id: 0 }, 400, 'INVALID_REQUEST'],
    ['POST', '/instance/register', { instance_id: 'a', metadata: { x: {} } }, 400, 'INVALID_REQUEST'],
    [
      'POST',
      '/instance/register',
      { instance_id: 'a', metadata: { x: 'a\u001b[2J' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'POST',
      '/instance/register',
      { instance_id: 'a', metadata: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, i])) },
      400,
      'INVALID_REQUEST',
    ],
    ['GET', '/instance/register', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['PATCH', '/instance/a/heartbeat', undefined, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s %s with %j is refused', async (method, path, body, status, code) => {
    expect(told((await ask(method, path, body)).answer)).toEqual([status, code]);
  });

  test('need the token like all others', async () => {
    for (const [method, path] of [
      ['GET', '/instance/list'],
      ['POST', '/instance/a/heartbeat'],
      ['DELETE', '/instance/a'],
    ] as const) {
      expect(told(await guarded.ask(method, path, { authorization: undefined }))).toEqual([
        401,
        'UNAUTHORIZED',
      ]);
    }
  });

  test('say which methods there are', async () => {
    const { answer } = await ask('PATCH', '/instance/a/heartbeat');
    expect(answer?.text).toMatch(/^allow: POST, PUT\r$/im);
  });
});
