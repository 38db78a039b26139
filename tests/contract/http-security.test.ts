import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/protocol/endpoints.ts';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';

const guarded = guardedDaemon();
const routes = Object.values(ENDPOINTS).map(
  ({ method, path }) => [method, path.replaceAll(/:\w+/g, '3000')] as const,
);

describe('who may ask', () => {
  test.each([...routes, ['GET', '/nowhere'], ['OPTIONS', '/status']] as const)(
    '%s %s is for those who have the token',
    async (method, path) => {
      for (const authorization of [
        undefined,
        'Bearer wrong',
        `Basic ${guarded.token}`,
        guarded.token,
        `Bearer ${guarded.token}x`,
      ]) {
        expect(told(await guarded.ask(method, path, { authorization }))).toEqual([401, 'UNAUTHORIZED']);
      }
    },
  );

  test('the token counts in its header only', async () => {
    const elsewhere = {
      authorization: undefined,
      cookie: `token=${guarded.token}`,
      'x-token': guarded.token,
    };
    expect(
      told(
        await guarded.ask('GET', `/status?token=${guarded.token}&access_token=${guarded.token}`, elsewhere),
      ),
    ).toEqual([401, 'UNAUTHORIZED']);
  });

  test('every name of this machine is an address of the daemon', async () => {
    for (const host of [`127.0.0.1:${guarded.port}`, `localhost:${guarded.port}`, `[::1]:${guarded.port}`]) {
      expect((await guarded.ask('GET', '/status', { host }))?.status).toBe(200);
    }
  });

  test.each([
    'evil.example',
    'localhost.evil.example:80',
    '0.0.0.0:9876',
    '127.0.0.1',
    'a b',
    '',
    '[::1',
    '%00',
  ])('the host %j is refused, token or not', async (host) => {
    for (const authorization of [guarded.good().authorization, undefined]) {
      const status = (await guarded.ask('GET', '/status', { host, authorization }))?.status;
      expect([400, 403]).toContain(status);
      expect([400, 403]).toContain((await guarded.ask('GET', '/', { host, authorization }))?.status);
    }
  });

  test('two hosts are refused, and none', async () => {
    const twice = `GET /status HTTP/1.1\r\nhost: 127.0.0.1:${guarded.port}\r\nHost: evil.example\r\nauthorization: Bearer ${guarded.token}\r\n\r\n`;
    expect([400, 403]).toContain((await guarded.send(twice))?.status);
    expect([400, 403]).toContain((await guarded.ask('GET', '/status', { host: undefined }))?.status);
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:3000', '*'])(
    'the origin %j is refused',
    async (origin) => {
      expect(told(await guarded.ask('GET', '/status', { origin }))).toEqual([403, 'FORBIDDEN']);
      expect(
        told(await guarded.ask('OPTIONS', '/allocate', { origin, 'access-control-request-method': 'POST' })),
      ).toEqual([403, 'FORBIDDEN']);
    },
  );

  test('the origin of the dashboard is let in with the token, and only with it', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const host = `${name}:${guarded.port}`;
      const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      expect((await guarded.ask('POST', '/cleanup', own))?.status).toBe(200);
      expect(told(await guarded.ask('POST', '/cleanup', { ...own, authorization: undefined }))).toEqual([
        401,
        'UNAUTHORIZED',
      ]);
    }
    const other = { host: `127.0.0.1:${guarded.port}`, origin: `http://localhost:${guarded.port}` };
    expect(told(await guarded.ask('POST', '/cleanup', other))).toEqual([403, 'FORBIDDEN']);
  });

  test('a link of another site may lead to the page, as the whole of a tab, and to nothing else', async () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await guarded.ask('GET', '/', { ...link, authorization: undefined }))?.status).toBe(200);
    expect((await guarded.ask('GET', '/', { ...link, 'sec-fetch-dest': 'iframe' }))?.status).toBe(403);
    expect((await guarded.ask('GET', '/', { ...link, 'sec-fetch-mode': 'no-cors' }))?.status).toBe(403);
    expect((await guarded.ask('GET', '/dashboard.js', link))?.status).toBe(403);
    expect((await guarded.ask('GET', '/status', link))?.status).toBe(403);
  });

  test('a request from another site is refused', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(told(await guarded.ask('GET', '/status', { 'sec-fetch-site': site }))).toEqual([
        403,
        'FORBIDDEN',
      ]);
    }
  });
});

describe('answers', () => {
  test('are never cached, guessed at, or shared with web pages', async () => {
    const answers = [
      await guarded.ask('GET', '/status'),
      await guarded.ask('GET', '/nowhere'),
      await guarded.ask('GET', '/', {}),
      await guarded.ask('GET', '/status', { authorization: undefined }),
      await guarded.post('{oops'),
    ];
    for (const answer of answers) {
      expect(answer?.headers.get('cache-control')).toBe('no-store');
      expect(answer?.headers.get('x-content-type-options')).toBe('nosniff');
      expect(
        [...(answer?.headers.keys() ?? [])].filter((name) =>
          /^access-control|^x-powered-by|^set-cookie|^server$/.test(name),
        ),
      ).toEqual([]);
    }
  });

  test('the page for people has neither data nor token, and loads nothing from elsewhere', async () => {
    const { lock_id } = await guarded.daemon.coordinator.allocate({
      service_type: 'web',
      service_name: 'shop',
      project_path: '/secret/place',
    });
    const answer = await guarded.ask('GET', '/', { authorization: undefined });
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('content-type')).toContain('text/html');
    expect(answer?.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const secret of [
      guarded.token,
      lock_id,
      'shop',
      '/secret',
      String(guarded.daemon.pid),
      'http://',
      'https://',
    ]) {
      expect(answer?.body).not.toContain(secret);
    }
    await guarded.daemon.coordinator.release(lock_id);
  });

  test('the token is in none of them, in no log, and in no file but its own', async () => {
    expect(guarded.seen.length).toBeGreaterThan(100);
    expect(guarded.seen.filter((text) => text.includes(guarded.token))).toEqual([]);
    expect(guarded.daemon.said()).not.toContain(guarded.token);
    expect(readFileSync(`/proc/${guarded.daemon.pid}/cmdline`, 'utf8')).not.toContain(guarded.token);
    const files = readdirSync(guarded.daemon.paths.home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(guarded.daemon.paths.home, name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((path) => readFileSync(path, 'utf8').includes(guarded.token))).toEqual([
      guarded.daemon.paths.token,
    ]);
  });

  test('no answer was a failure of the daemon itself', () => {
    expect(guarded.seen.filter((text) => text.startsWith('HTTP/1.1 5'))).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('the state', () => {
  test('is closed to all other users', () => {
    const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    const { home, token: file, socket, state, pid, log } = guarded.daemon.paths;
    expect([home, join(home, 'logs')].map(modeOf)).toEqual(['700', '700']);
    expect([file, socket, state, pid, log].map(modeOf)).toEqual(Array(5).fill('600'));
  });

  test('has a token of 256 bits, which is kept over starts, and another one when its file is gone', async () => {
    expect(Buffer.from(guarded.token, 'base64url')).toHaveLength(32);
    await guarded.daemon.end('SIGTERM');
    await guarded.daemon.restart();
    expect((await guarded.ask('GET', '/status'))?.status).toBe(200);
    await guarded.daemon.end('SIGTERM');
    rmSync(guarded.daemon.paths.token);
    await guarded.daemon.restart();
    const next = readFileSync(guarded.daemon.paths.token, 'utf8').trim();
    expect(next).not.toBe(guarded.token);
    expect(told(await guarded.ask('GET', '/status'))).toEqual([401, 'UNAUTHORIZED']);
  });
});
