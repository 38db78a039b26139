import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StyxyError } from '../../base/styxy-error.ts';
import { PAGE_PATHS } from './page-files.ts';

/** How a request reached the daemon. The folder's mode protects the socket; TCP needs a token. */
export type Channel =
  | { kind: 'socket' }
  | { kind: 'tcp'; port: number; isToken: (candidate: string) => boolean };

/** Files without data, which a browser may open without the token. */
const OPEN_PAGES: ReadonlySet<string> = new Set(PAGE_PATHS);
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Checks a request by its head alone, before any routing: a page in the user's browser must not reach the daemon, by DNS
 * rebinding, a form, a script tag or fetch.
 * @returns why it is refused, or undefined
 */
export function refusalOfRequest(request: IncomingMessage, channel: Channel): StyxyError | undefined {
  const { headers, method = 'GET' } = request;
  if (channel.kind === 'tcp' && !isOwnHost(request, channel.port)) {
    return new StyxyError('FORBIDDEN', 'this Host is not the daemon', { hint: 'ask 127.0.0.1 or localhost' });
  }
  if (headers.origin !== undefined && !isOwnOrigin(request, channel)) {
    return new StyxyError('FORBIDDEN', 'requests from web pages are refused');
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin' && !isNavigation(request)) {
    return new StyxyError('FORBIDDEN', 'requests from other sites are refused');
  }
  if (channel.kind === 'tcp' && !hasToken(request, channel)) {
    return new StyxyError('UNAUTHORIZED', 'the token is missing or wrong');
  }
  if (WITH_BODY.has(method) && hasBody(request) && !isJson(headers['content-type'])) {
    return new StyxyError('NOT_JSON', 'the body must be application/json', {
      why: `its content type is ${headers['content-type'] ?? 'missing'}`,
    });
  }
  return undefined;
}

/** Compares digests, so that timing tells neither the length nor the first wrong character of a guess. */
export function createTokenCheck(token: string): (candidate: string) => boolean {
  const expected = sha256(token);
  return (candidate) => timingSafeEqual(sha256(candidate), expected);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function isOwnHost({ headers, rawHeaders }: IncomingMessage, port: number): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts !== 1) return false;
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(headers.host ?? '');
}

/** Of the dashboard, which this daemon serves at the address that its Host header names. */
function isOwnOrigin({ headers }: IncomingMessage, { kind }: Channel): boolean {
  return kind === 'tcp' && headers.origin === `http://${headers.host ?? ''}`;
}

/** A person follows a link or a redirection to the page, which then is the whole content of a tab. */
function isNavigation(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  return request.url === '/' && isOpenPage(request) && mode === 'navigate' && destination === 'document';
}

function hasToken(request: IncomingMessage, { isToken }: { isToken(token: string): boolean }): boolean {
  if (isOpenPage(request)) return true;
  const match = /^Bearer ([^\s]{1,256})$/.exec(request.headers.authorization ?? '');
  return isToken(match?.[1] ?? '');
}

/** Needs no token. */
export function isOpenPage({ method, url }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && OPEN_PAGES.has(url ?? '');
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json(; ?charset=utf-8)?$/i.test(contentType);
}
