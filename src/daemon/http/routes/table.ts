import type { ServerResponse } from 'node:http';
import type { Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { StyxyError } from '../../../base/styxy-error.ts';
import { ENDPOINTS, type EndpointName } from '../../../protocol/endpoints.ts';
import type { Engine } from '../../engine.ts';
import type { DaemonReports } from '../../reports/reports.ts';
import { readRequest, type RawRequest } from '../read-request.ts';
import { PAGE_PATHS, sendPageFile } from '../page-files.ts';
import { autoAllocationRoutes } from './auto-allocation.ts';
import { configRoutes } from './config.ts';
import type { Handler, Handlers } from './handler.ts';
import { instanceRoutes } from './instances.ts';
import { leaseRoutes } from './leases.ts';
import { portRoutes } from './ports.ts';
import { reportRoutes } from './reports.ts';

/** Resolves with the JSON answer, or undefined when it has answered by itself. */
export type Route = (raw: RawRequest, response: ServerResponse) => Promise<unknown>;

/** The endpoints table on an engine. Whether a request is let in is decided by the guard. */
export function createRoutes(engine: Engine, reports: DaemonReports): Router<Route> {
  const handlers: Handlers<EndpointName> = {
    ...leaseRoutes(engine),
    ...portRoutes(engine),
    ...instanceRoutes(engine),
    ...configRoutes(engine),
    ...reportRoutes(reports, engine),
    ...autoAllocationRoutes(engine),
  };

  const router = new TrieRouter<Route>();
  for (const path of PAGE_PATHS)
    for (const method of methodsOf('GET')) router.add(method, path, pageFile(path));
  for (const path of pathsInOrder()) {
    for (const name of endpointsAt(path))
      for (const method of methodsOf(ENDPOINTS[name].method))
        router.add(method, path, routeOf(name, handlers));
    router.add('ALL', path, wrongMethod(path));
  }
  return router;
}

/** What can be asked for can be asked for without its body (RFC 9110, 9.3.2), which Node leaves out. */
const methodsOf = (method: string): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

function routeOf<Name extends EndpointName>(name: Name, handlers: Handlers<Name>): Route {
  const handler: Handler<Name> = handlers[name];
  return async (raw, response) =>
    handler({ ...(await readRequest(name, raw)), request: raw.request, response });
}

/** The first route that fits answers: `/instance/list` is never the instance of that name. */
function pathsInOrder(): string[] {
  const paths = [...new Set(Object.values(ENDPOINTS).map(({ path }) => path))];
  return [...paths.filter((path) => !path.includes(':')), ...paths.filter((path) => path.includes(':'))];
}

const endpointsAt = (path: string): EndpointName[] =>
  (Object.keys(ENDPOINTS) as EndpointName[]).filter((name) => ENDPOINTS[name].path === path);

const pageFile =
  (path: string): Route =>
  (_, response) =>
    sendPageFile(path, response);

function wrongMethod(path: string): Route {
  const allowed = endpointsAt(path)
    .flatMap((name) => methodsOf(ENDPOINTS[name].method))
    .join(', ');
  return async ({ request }, response) => {
    response.setHeader('allow', allowed);
    throw new StyxyError('METHOD_NOT_ALLOWED', `${request.method} is not possible here`, {
      hint: `use ${allowed}`,
    });
  };
}
