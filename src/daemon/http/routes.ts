import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { requireName } from '../../domain/service-name.ts';
import { parseAllocateBody, parseAttachBody } from '../../protocol/bodies.ts';
import type { SuggestQuery } from '../../protocol/coordinator.ts';
import { ENDPOINTS, type EndpointName } from '../../protocol/endpoints.ts';
import type { Engine } from '../engine.ts';
import { holdOpen } from './hold-stream.ts';
import { readJsonObject } from './read-json.ts';
import { START_PAGE } from './start-page.ts';

/** A request whose path has been understood. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What stands at the `:name` places of the path. */
  params: Record<string, string>;
  query: URLSearchParams;
}

/** Returns the JSON answer, or undefined when it has answered by itself. */
export type Handler = (exchange: Exchange) => unknown;

/** The endpoints table on an engine. What may come in at all is the guard's question. */
export function createRoutes(engine: Engine): Router<Handler> {
  const handlers: Record<EndpointName, Handler> = {
    async allocate({ request, response }) {
      const body = parseAllocateBody(await readJsonObject(request));
      const answer = await engine.allocate(body);
      return body.hold ? holdOpen(response, answer, engine) : answer;
    },
    release: async ({ params }) => ({ success: true, ...(await engine.release(lockId(params))) }),
    async attach({ request, params }) {
      const body = parseAttachBody(await readJsonObject(request));
      return { success: true, ...(await engine.attach(lockId(params), body)) };
    },
    list: ({ query }) =>
      engine.list({ type: query.get('type') ?? undefined, project: query.get('project') ?? undefined }),
    check: ({ params }) => engine.check(parsePort(params.port ?? '', 'GET /check/{port}')),
    suggest: ({ params, query }) =>
      engine.suggest(requireName(params.serviceType ?? '', 'service type'), suggestQuery(query)),
    status: () => engine.status(),
    cleanup: () => engine.cleanup(),
  };

  const router = new TrieRouter<Handler>();
  for (const [name, handler] of Object.entries(handlers)) {
    const { method, path } = ENDPOINTS[name as EndpointName];
    router.add(method, path, handler);
  }
  router.add('GET', '/', startPage);
  for (const path of new Set(Object.values(ENDPOINTS).map((endpoint) => endpoint.path))) {
    router.add('ALL', path, wrongMethod(path));
  }
  return router;
}

function startPage({ response }: Exchange): undefined {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  response.end(START_PAGE);
}

function wrongMethod(path: string): Handler {
  const known = Object.values(ENDPOINTS).filter((endpoint) => endpoint.path === path);
  const allowed = known.map(({ method }) => method).join(', ');
  return ({ request, response }) => {
    response.setHeader('allow', allowed);
    throw new StyxyError('METHOD_NOT_ALLOWED', `${request.method} is not possible here`, {
      hint: `use ${allowed}`,
    });
  };
}

function lockId({ lockId: id = '' }: Record<string, string>): string {
  if (/^[0-9a-z-]{1,64}$/i.test(id)) return id;
  throw new StyxyError('LEASE_NOT_FOUND', 'there is no such lease', {
    why: 'this is not the form of a lock id',
  });
}

function suggestQuery(query: URLSearchParams): SuggestQuery {
  const count = query.get('count') ?? '1';
  const preferred = query.get('preferred_port');
  return {
    count: /^\d{1,3}$/.test(count) ? Number(count) : NaN,
    preferred_port: preferred === null ? undefined : parsePort(preferred, 'preferred_port'),
    project_path: query.get('project_path') ?? undefined,
    service_name: query.get('service_name') ?? undefined,
    service_type_default: query.get('service_type_default') === 'true',
  };
}
