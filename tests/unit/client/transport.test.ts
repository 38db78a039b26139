import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import { call, callAndHold, NoDaemonError } from '../../../src/client/transport.ts';
import { toErrorBody } from '../../../src/protocol/error-body.ts';
import { httpOnSocket, rawOnSocket, socketPath } from '../../support/unix-server.ts';

const status = { method: 'GET', path: '/status' };
const answering = (code: number, body: string) =>
  httpOnSocket((_, response) => void response.writeHead(code).end(body));

describe('only the absence of a daemon is told as such', () => {
  test('when there is no socket', async () => {
    await expect(call(socketPath(), status)).rejects.toBeInstanceOf(NoDaemonError);
  });

  test('when nobody listens at the socket any more', async () => {
    const path = socketPath();
    writeFileSync(path, '');
    await expect(call(path, status)).rejects.toBeInstanceOf(NoDaemonError);
    await expect(call(join(path, 'below'), status)).rejects.toBeInstanceOf(NoDaemonError);
  });

  test('when the daemon dies before it answers', async () => {
    const path = await rawOnSocket((socket) => socket.destroy());
    await expect(call(path, status)).rejects.toBeInstanceOf(NoDaemonError);
    await expect(callAndHold(path, status)).rejects.toBeInstanceOf(NoDaemonError);
  });

  test('when the daemon dies within its answer', async () => {
    const half = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":';
    const path = await rawOnSocket((socket) => void socket.once('data', () => socket.end(half)));
    await expect(call(path, status)).rejects.toBeInstanceOf(NoDaemonError);
    await expect(callAndHold(path, status)).rejects.toBeInstanceOf(NoDaemonError);
  });

  test('any other failure is reported, with the place', async () => {
    const path = socketPath();
    symlinkSync(path, path);
    const problem = {
      code: 'DAEMON_UNREACHABLE',
      why: expect.stringContaining(path),
      cause: { code: 'ELOOP' },
    };
    await expect(call(path, status)).rejects.toMatchObject(problem);
  });
});

describe("the daemon's own words", () => {
  test('are the answer', async () => {
    expect(await call(await answering(200, '{"port":3000}'), status)).toEqual({ port: 3000 });
  });

  test('are the error, for a held answer as well', async () => {
    const error = new StyxyError('RANGE_FULL', 'no free port', { why: 'all leased', details: { leased: 3 } });
    const path = await answering(503, JSON.stringify(toErrorBody(error)));
    const same = { code: 'RANGE_FULL', message: 'no free port', why: 'all leased', details: { leased: 3 } };
    await expect(call(path, status)).rejects.toMatchObject(same);
    await expect(callAndHold(path, status)).rejects.toMatchObject(same);
  });

  test.each([
    [200, '<html>', 'not JSON'],
    [502, '', 'not JSON'],
    [502, '{}', '502'],
  ])('that make no sense (%i %j) are a bug of ours', async (code, body, text) => {
    const problem = { code: 'INTERNAL', message: expect.stringContaining(text) };
    await expect(call(await answering(code, body), status)).rejects.toMatchObject(problem);
  });
});

test('a request carries its body as JSON, both versions, and no browser header', async () => {
  let seen: unknown;
  const path = await httpOnSocket(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen = { method: request.method, url: request.url, headers: request.headers, body };
    response.end('{}');
  });
  await call(path, { method: 'POST', path: '/allocate', body: { name: 'wéb' } });
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/allocate',
    body: '{"name":"wéb"}',
    headers: {
      'content-type': 'application/json',
      'content-length': '15',
      'styxy-protocol': '1',
      host: 'localhost',
    },
  });
  expect(Object.keys((seen as { headers: object }).headers)).not.toContain('origin');
});

describe('a held answer', () => {
  const held = (pieces: (string | Buffer)[], end = false) =>
    httpOnSocket(async (_, response) => {
      for (const piece of pieces) {
        response.write(piece);
        await new Promise(setImmediate);
      }
      if (end) response.end();
    });

  test('gives its first line at once, and each later one when it comes', async () => {
    const bytes = Buffer.from('{"port":3000}\n{"event":"ä"}\n{"event":2}\n');
    const cut = bytes.indexOf('ä') + 1;
    const path = await held([bytes.subarray(0, 20), bytes.subarray(20, cut), bytes.subarray(cut)], true);
    const stream = await callAndHold(path, status);
    const lines: unknown[] = [];
    stream.onLine((line) => lines.push(line));
    await new Promise<void>((resolve) => stream.onEnd(resolve));
    expect([stream.first, ...lines]).toEqual([{ port: 3000 }, { event: 'ä' }, { event: 2 }]);
  });

  test('tells its end when the daemon goes', async () => {
    let goAway: () => void = () => undefined;
    const path = await httpOnSocket((_, response) => {
      response.write('{}\n');
      goAway = () => void response.destroy();
    });
    const stream = await callAndHold(path, status);
    const ended = new Promise<void>((resolve) => stream.onEnd(resolve));
    goAway();
    await ended;
  });

  test('tells its end when it is closed here', async () => {
    const stream = await callAndHold(await held(['{}\n']), status);
    const ended = new Promise<void>((resolve) => stream.onEnd(resolve));
    stream.close();
    await ended;
  });
});
