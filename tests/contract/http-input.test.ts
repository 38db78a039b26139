import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';
import { rawRequest } from '../support/raw-http.ts';

const guarded = guardedDaemon();

describe('what may be asked', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined])(
    'a body of type %s is refused',
    async (type) => {
      expect(told(await guarded.post('{"service_type":"web"}', { 'content-type': type }))).toEqual([
        415,
        'NOT_JSON',
      ]);
    },
  );

  test('a body that says it is too large is refused before it comes', async () => {
    const head = rawRequest('POST', '/allocate', {
      ...guarded.good(),
      'content-type': 'application/json',
      'content-length': '100000',
    });
    expect(told(await guarded.send(head))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a body that comes in pieces is refused when it has grown too large', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const head = { ...guarded.good(), 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const answer = await guarded.send(
      rawRequest('POST', '/allocate', head),
      ...Array<string>(20).fill(chunk),
    );
    expect(told(answer)).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a body of the largest size is read', async () => {
    const body = JSON.stringify({ service_type: 'web', extra: '' });
    const padded = body.replace('""', `"${'x'.repeat(65_536 - body.length)}"`);
    expect((await guarded.post(padded))?.status).toBe(200);
    expect(told(await guarded.post(`${padded} `))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{oops'],
    ['a list', '[]'],
    ['a text', '"web"'],
    ['null', 'null'],
    ['UTF-8 that is none', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['UTF-16', Buffer.from('{"service_type":"web"}', 'utf16le')],
    ['very deep brackets', '['.repeat(30_000)],
    ['two documents', '{"service_type":"web"}{}'],
  ])('a body of %s is refused', async (_, body) => {
    expect(told(await guarded.post(body))).toEqual([400, 'INVALID_REQUEST']);
  });

  test.each([
    ['port', 0, 'INVALID_PORT'],
    ['port', 70_000, 'INVALID_PORT'],
    ['port', '3000', 'INVALID_PORT'],
    ['port', '3000abc', 'INVALID_PORT'],
    ['port', 3000.5, 'INVALID_PORT'],
    ['preferred_port', -1, 'INVALID_PORT'],
    ['service_name', '__proto__', 'INVALID_NAME'],
    ['service_name', '../../etc/passwd', 'INVALID_NAME'],
    ['service_name', '$(reboot)', 'INVALID_NAME'],
    ['instance_id', 'a b', 'INVALID_NAME'],
    ['process_id', -1, 'INVALID_REQUEST'],
    ['ttl_ms', 0, 'INVALID_REQUEST'],
    ['lock_id', '../x', 'INVALID_REQUEST'],
    ['branch', 'b\u001b[2J', 'INVALID_REQUEST'],
    ['project_path', '/p\u0000', 'INVALID_REQUEST'],
  ])('%s: %j is refused as %s', async (field, value, code) => {
    const answer = await guarded.post(JSON.stringify({ service_type: 'web', [field]: value }));
    expect(told(answer)).toEqual([400, code]);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ success: false, error: { details: { field } } });
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'a type named %s is unknown, like any other',
    async (name) => {
      expect(told(await guarded.post(JSON.stringify({ service_type: name })))).toEqual([404, 'UNKNOWN_TYPE']);
      expect(told(await guarded.ask('GET', `/suggest/${name}`))).toEqual([404, 'UNKNOWN_TYPE']);
    },
  );

  test.each(['{}', '{"enabled":"yes"}', '{"enabled":null}', '[true]', 'true'])(
    'auto-allocation is not switched by %s',
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await guarded.ask('POST', '/config/auto-allocation', headers, body);
      expect(told(answer)).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  test.each([
    ['..%2f..%2fetc', 400, 'INVALID_NAME'],
    ['__proto__', 400, 'INVALID_NAME'],
    ['constructor', 404, 'UNKNOWN_TYPE'],
    ['web', 400, 'INVALID_REQUEST'],
  ])('the type %s can not be undone', async (name, status, code) => {
    expect(told(await guarded.ask('DELETE', `/config/auto-allocation/${name}`))).toEqual([status, code]);
  });

  test('keys of every object are not read from a body', async () => {
    expect(told(await guarded.post('{"__proto__":{"service_type":"web"}}'))).toEqual([
      400,
      'INVALID_REQUEST',
    ]);
    expect(
      told(await guarded.post('{"constructor":{"prototype":{"port":80}},"service_type":"nope"}')),
    ).toEqual([404, 'UNKNOWN_TYPE']);
  });

  test.each([
    ['/check/0', 'INVALID_PORT'],
    ['/check/70000', 'INVALID_PORT'],
    ['/check/3000abc', 'INVALID_PORT'],
    ['/check/3000.5', 'INVALID_PORT'],
    ['/check/-1', 'INVALID_PORT'],
    ['/check/1e3', 'INVALID_PORT'],
    ['/check/__proto__', 'INVALID_PORT'],
    ['/scan?from=0', 'INVALID_PORT'],
    ['/scan?from=3000abc', 'INVALID_PORT'],
    ['/scan?from=1&to=65536', 'INVALID_PORT'],
    ['/scan?to=', 'INVALID_PORT'],
    ['/scan?from=9000&to=8000', 'INVALID_REQUEST'],
    ['/check/%00', 'INVALID_PORT'],
    ['/check/%E0%A4%A', 'INVALID_PORT'],
    ['/suggest/__proto__', 'INVALID_NAME'],
    ['/suggest/..%2f..%2fetc', 'INVALID_NAME'],
    ['/suggest/web?count=0', 'INVALID_REQUEST'],
    ['/suggest/web?count=101', 'INVALID_REQUEST'],
    ['/suggest/web?count=-1', 'INVALID_REQUEST'],
    ['/suggest/web?preferred_port=x', 'INVALID_PORT'],
  ])('GET %s is refused as %s', async (path, code) => {
    expect(told(await guarded.ask('GET', path))).toEqual([400, code]);
  });

  test.each([
    '/nowhere',
    '/status/',
    '/STATUS',
    '/allocations/x',
    '/check/',
    '/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/auth.token',
    '/__proto__',
  ])('GET %s is nothing, told as JSON', async (path) => {
    const answer = await guarded.ask('GET', path);
    expect(told(answer)).toEqual([404, 'NO_ROUTE']);
    expect(answer?.headers.get('content-type')).toContain('application/json');
  });

  test.each([
    ['DELETE', '/allocate', 'POST'],
    ['GET', '/allocate', 'POST'],
    ['GET', '/allocate/some-lease', 'DELETE, PATCH'],
    ['POST', '/status', 'GET, HEAD'],
    ['PUT', '/check/3000', 'GET, HEAD'],
    ['GET', '/cleanup', 'POST'],
    ['OPTIONS', '/status', 'GET, HEAD'],
    ['PROPFIND', '/allocations', 'GET, HEAD'],
  ])('%s %s is answered with what is possible: %s', async (method, path, allowed) => {
    const answer = await guarded.ask(method, path, { 'x-http-method-override': 'GET' });
    expect(told(answer)).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answer?.headers.get('allow')).toBe(allowed);
  });

  test.each([
    ['/suggest/web?count=abc', '"abc"'],
    ['/suggest/web?count=1000', '1000'],
    ['/suggest/web?count=-1', '"-1"'],
    ['/suggest/web?count=', '""'],
    ['/audit?limit=many', '"many"'],
    ['/audit?limit=10001', '10001'],
  ])('GET %s is refused with what was given: %s', async (path, given) => {
    const answer = await guarded.ask('GET', path);
    expect(told(answer)).toEqual([400, 'INVALID_REQUEST']);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: { why: `it was ${given}` } });
  });

  test('a lease that is none is not found, whatever its id looks like', async () => {
    for (const id of ['nope', '__proto__', '..%2fstatus', '%00', 'x'.repeat(5000)]) {
      expect(told(await guarded.ask('DELETE', `/allocate/${id}`))).toEqual([404, 'LEASE_NOT_FOUND']);
    }
  });
});

describe('what is no request', () => {
  test.each([
    ['a megabyte of rubbish', Buffer.alloc(1024 * 1024, 0xc3)],
    ['a megabyte of letters', 'x'.repeat(1024 * 1024)],
    ['the hello of TLS', Buffer.from('16030100c8010000c40303', 'hex')],
    ['endless headers', `GET /status HTTP/1.1\r\n${'a: b\r\n'.repeat(50_000)}\r\n`],
    ['one endless header', `GET /status HTTP/1.1\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`],
    ['an endless path', `GET /${'x'.repeat(200_000)} HTTP/1.1\r\n\r\n`],
    ['two lengths', 'POST /allocate HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}'],
    [
      'length and chunks',
      'POST /allocate HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a version that is none', 'GET / HTTP/9.9\r\n\r\n'],
  ])('%s gets no data, and costs nothing', async (_, bytes) => {
    const answer = await guarded.send(bytes);
    expect(answer?.status ?? 400).toBeGreaterThanOrEqual(400);
    expect(answer?.status ?? 400).toBeLessThan(500);
    if (answer) expect(told(answer)).toEqual([answer.status, expect.any(String)]);
  });

  test('an address of 20 kB is refused like a body that is too large', async () => {
    const answer = await guarded.ask('GET', `/check/${'0'.repeat(20_000)}`);
    expect(told(answer)).toEqual([413, 'BODY_TOO_LARGE']);
    expect(answer?.headers.get('content-type')).toBe('application/json');
  });

  test('a tunnel, an upgrade and an echo are not for us', async () => {
    expect((await guarded.ask('CONNECT', '127.0.0.1:22'))?.status ?? 400).toBeGreaterThanOrEqual(400);
    const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await guarded.ask('GET', '/status', upgrade))?.status).not.toBe(101);
    const trace = await guarded.ask('TRACE', '/status');
    expect(trace?.status ?? 400).toBeGreaterThanOrEqual(400);
    expect(trace?.status ?? 400).toBeLessThan(500);
  });

  test('a method that nobody knows is not possible, and told so in JSON', async () => {
    for (const method of ['FOO', 'STATUS', 'get']) {
      expect(told(await guarded.ask(method, '/status'))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    }
    expect(told(await guarded.send('FOO\r\n\r\n'))).toEqual([400, 'INVALID_REQUEST']);
  });

  test('a request without a host, or with an expectation that is none, gets its answer in JSON', async () => {
    expect(told(await guarded.ask('GET', '/status', { host: undefined }))).toEqual([403, 'FORBIDDEN']);
    const expecting = { expect: 'miracles', authorization: undefined };
    expect(told(await guarded.ask('GET', '/status', expecting))).toEqual([401, 'UNAUTHORIZED']);
    expect((await guarded.ask('GET', '/status', { expect: 'miracles' }))?.status).toBe(200);
  });

  test('a client that leaves in the middle of its body costs nothing', async () => {
    for (let count = 0; count < 10; count += 1) {
      const head = rawRequest('POST', '/allocate', {
        ...guarded.good(),
        'content-type': 'application/json',
        'content-length': '50',
      });
      const socket = connect(guarded.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise<void>(
        (resolve) => void socket.write(Buffer.concat([head, Buffer.from('{"service')]), () => resolve()),
      );
      socket.resetAndDestroy();
    }
    expect(
      (await guarded.daemon.coordinator.list()).allocations.every(
        ({ service_name }) => service_name === null,
      ),
    ).toBe(true);
  });
});

test('no answer was a failure of the daemon itself', () => {
  expect(guarded.seen.length).toBeGreaterThan(80);
  expect(guarded.seen.filter((text) => text.startsWith('HTTP/1.1 5'))).toEqual([]);
  expect(guarded.seen.filter((text) => text.includes(guarded.token))).toEqual([]);
});
