import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createTokenCheck, refusalOfRequest, type Channel } from '../../../../src/daemon/http/guard.ts';

const TOKEN = 'the-right-token';
const tcp: Channel = { kind: 'tcp', port: 9876, isToken: createTokenCheck(TOKEN) };
const good = { host: '127.0.0.1:9876', authorization: `Bearer ${TOKEN}` };

interface Head {
  method?: string;
  url?: string;
  headers?: Record<string, string | undefined>;
  /** Written twice, as an attacker would. */
  extra?: [name: string, value: string][];
}

/** The head of a request as node:http tells it, which keeps the first of two hosts. */
function head({ method = 'GET', url = '/status', headers = {}, extra = [] }: Head): IncomingMessage {
  const present = Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined);
  const rawHeaders = [...present, ...extra].flat();
  return { method, url, headers: Object.fromEntries(present), rawHeaders } as unknown as IncomingMessage;
}
const overTcp = (request: Head, headers: Head['headers'] = {}) =>
  refusalOfRequest(head({ ...request, headers: { ...good, ...headers } }), tcp)?.code;
const overSocket = (request: Head) => refusalOfRequest(head(request), { kind: 'socket' })?.code;

describe('over TCP', () => {
  test.each(['127.0.0.1:9876', 'localhost:9876', '[::1]:9876'])('the host %s is us', (host) => {
    expect(overTcp({}, { host })).toBeUndefined();
  });

  test.each([
    'evil.example',
    'evil.example:9876',
    '127.0.0.1',
    '127.0.0.1:80',
    '0.0.0.0:9876',
    '127.0.0.2:9876',
    'localhost.evil.example:9876',
    '127.0.0.1:9876.evil',
    '[::]:9876',
    '',
    ' 127.0.0.1:9876',
    '2130706433:9876',
  ])('the host %j is not us', (host) => {
    expect(overTcp({}, { host })).toBe('FORBIDDEN');
  });

  test('no host or two hosts are refused', () => {
    expect(overTcp({}, { host: undefined })).toBe('FORBIDDEN');
    expect(overTcp({ extra: [['HOST', '127.0.0.1:9876']] })).toBe('FORBIDDEN');
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${TOKEN} `,
    `Bearer  ${TOKEN}`,
    `bearer ${TOKEN}`,
    TOKEN,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${'x'.repeat(5000)}`,
  ])('the authorization %j opens nothing', (authorization) => {
    expect(overTcp({}, { authorization })).toBe('UNAUTHORIZED');
  });

  test.each([
    ['GET', '/', undefined],
    ['GET', '/?', 'UNAUTHORIZED'],
    ['GET', '/?token=the-right-token', 'UNAUTHORIZED'],
    ['GET', '//', 'UNAUTHORIZED'],
    ['GET', 'http://127.0.0.1:9876/', 'UNAUTHORIZED'],
    ['POST', '/', 'UNAUTHORIZED'],
    ['DELETE', '/', 'UNAUTHORIZED'],
    ['GET', '/status', 'UNAUTHORIZED'],
    ['OPTIONS', '/status', 'UNAUTHORIZED'],
  ])('without the token, %s %s is answered with %s', (method, url, code) => {
    expect(overTcp({ method, url }, { authorization: undefined })).toBe(code);
  });

  test('even the page without data is not for other hosts and web pages', () => {
    expect(overTcp({ url: '/' }, { host: 'evil.example' })).toBe('FORBIDDEN');
    expect(overTcp({ url: '/' }, { origin: 'http://127.0.0.1:9877' })).toBe('FORBIDDEN');
  });

  test('the page that the daemon serves may ask, with the token, where its tab says it is', () => {
    const own = { origin: 'http://127.0.0.1:9876' };
    expect(overTcp({}, own)).toBeUndefined();
    expect(overTcp({}, { ...own, authorization: undefined })).toBe('UNAUTHORIZED');
    expect(overTcp({}, { ...own, host: 'localhost:9876' })).toBe('FORBIDDEN');
    expect(overTcp({}, { origin: 'https://127.0.0.1:9876' })).toBe('FORBIDDEN');
  });
});

describe.each([
  ['TCP', (request: Head) => overTcp(request, request.headers)],
  ['the socket', overSocket],
])('over %s', (_, ask) => {
  test.each(['http://evil.example', 'null', '', 'http://127.0.0.1:3000', 'vscode-webview://x'])(
    'the origin %j is refused',
    (origin) => {
      expect(ask({ headers: { origin } })).toBe('FORBIDDEN');
    },
  );

  test.each([
    ['cross-site', 'FORBIDDEN'],
    ['same-site', 'FORBIDDEN'],
    ['', 'FORBIDDEN'],
    ['same-origin', undefined],
    ['none', undefined],
  ])('a request from %j is answered with %s', (site, code) => {
    expect(ask({ headers: { 'sec-fetch-site': site } })).toBe(code);
  });

  test.each([
    ['application/json', undefined],
    ['APPLICATION/JSON', undefined],
    ['application/json; charset=utf-8', undefined],
    ['text/plain', 'NOT_JSON'],
    ['application/x-www-form-urlencoded', 'NOT_JSON'],
    ['application/json, text/plain', 'NOT_JSON'],
    ['application/jsonp', 'NOT_JSON'],
    ['application/json; charset=utf-7', 'NOT_JSON'],
    [undefined, 'NOT_JSON'],
  ])('a body of type %j is answered with %s', (type, code) => {
    for (const framing of [{ 'content-length': '2' }, { 'transfer-encoding': 'chunked' }]) {
      for (const method of ['POST', 'PUT', 'PATCH']) {
        expect(ask({ method, headers: { 'content-type': type, ...framing } })).toBe(code);
      }
    }
  });

  test('a request without a body needs no type', () => {
    expect(ask({ method: 'POST', headers: {} })).toBeUndefined();
    expect(ask({ method: 'POST', headers: { 'content-length': '0' } })).toBeUndefined();
  });
});

test('the socket needs neither host nor token, and is no place for a page', () => {
  expect(overSocket({ headers: { host: 'anything' } })).toBeUndefined();
  expect(overSocket({ headers: { host: '127.0.0.1:9876', origin: 'http://127.0.0.1:9876' } })).toBe(
    'FORBIDDEN',
  );
});
