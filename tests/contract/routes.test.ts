import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/error-codes.ts';
import { ENDPOINTS, type EndpointName } from '../../src/protocol/endpoints.ts';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';

const guarded = guardedDaemon();

const names = Object.keys(ENDPOINTS) as EndpointName[];
const paths = [...new Set(names.map((name) => ENDPOINTS[name].path))];
const pathLike = (path: string): string =>
  path.replaceAll(/:\w+/g, (name) => (name === ':port' ? '3000' : 'web'));
const allowedAt = (path: string): string[] =>
  names
    .filter((name) => ENDPOINTS[name].path === path)
    .flatMap((name): string[] =>
      ENDPOINTS[name].method === 'GET' ? ['GET', 'HEAD'] : [ENDPOINTS[name].method],
    );

describe.each(paths)('%s', (path) => {
  const allowed = allowedAt(path);
  const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
    (method) => !allowed.includes(method),
  );

  test('answers any other method with 405, as JSON, and says which it knows', async () => {
    for (const method of others) {
      const answer = await guarded.ask(method, pathLike(path));
      expect(told(answer), method).toEqual([405, 'METHOD_NOT_ALLOWED']);
      expect(answer?.headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.toSorted());
      expect(answer?.headers.get('content-type')).toBe('application/json');
    }
  });

  test.runIf(allowed.includes('HEAD'))('answers HEAD like GET, without the body', async () => {
    const answer = await guarded.ask('HEAD', pathLike(path), { connection: 'close' });
    expect([200, 400, 404]).toContain(answer?.status);
    expect(answer?.headers.get('content-type')).not.toBeNull();
    expect(answer?.body).toBe('');
    const nobody = await guarded.ask('HEAD', pathLike(path), { authorization: undefined });
    expect([nobody?.status, nobody?.body]).toEqual([401, '']);
  });

  test('answers nobody without the token, whatever the method', async () => {
    for (const method of [...allowed, ...others].filter((each) => each !== 'HEAD')) {
      const answer = await guarded.ask(method, pathLike(path), { authorization: undefined });
      expect(told(answer), method).toEqual([401, 'UNAUTHORIZED']);
    }
  });
});

describe.each(names.filter((name) => name !== 'events'))('the route %s', (name) => {
  const { method, path } = ENDPOINTS[name];

  test('answers in JSON with a status that the error table knows, without stacks or paths of the program', async () => {
    const isWithBody = method !== 'GET' && method !== 'DELETE';
    for (const body of isWithBody ? ['{}', '{"service_type":5}', undefined] : [undefined]) {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await guarded.ask(method, pathLike(path), headers, body);
      expect([200, ...Object.values(ERRORS).map(({ http }) => http)]).toContain(answer?.status);
      expect(answer?.status).not.toBe(500);
      if (name === 'metrics') continue;
      expect(answer?.headers.get('content-type')).toBe('application/json');
      const parsed = JSON.parse(answer?.body ?? '') as Record<string, unknown>;
      if (answer?.status !== 200) {
        expect(answer?.body).not.toMatch(/\bat .+\.c?js:\d|node_modules|<html/i);
        expect(parsed).toMatchObject({
          success: false,
          error: { code: expect.any(String), message: expect.any(String), hint: expect.any(String) },
        });
        expect(Object.hasOwn(ERRORS, (parsed['error'] as { code: string }).code)).toBe(true);
      }
    }
  });
});
