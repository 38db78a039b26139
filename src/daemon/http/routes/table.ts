import type { Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { StyxyError } from '../../../base/styxy-error.ts';
import { ENDPOINTS, type EndpointName } from '../../../protocol/endpoints.ts';
import type { Engine } from '../../engine.ts';
import { autoAllocationRoutes } from './auto-allocation.ts';
import type { DaemonReports } from '../../reports/reports.ts';
import { configRoutes } from './config.ts';
import type { Exchange, Handler } from '../exchange.ts';
import { instanceRoutes } from './instances.ts';
import { leaseRoutes } from './leases.ts';
import { observeRoutes } from './inspect.ts';
import { reportRoutes } from './reports.ts';
import { START_PAGE } from './start-page.ts';

/** The endpoints table on an engine. What may come in at all is the guard's question. */
export function createRoutes(engine: Engine, reports: DaemonReports): Router<Handler> {
  const handlers: Record<EndpointName, Handler> = {
    ...leaseRoutes(engine),
    ...instanceRoutes(engine),
    ...configRoutes(engine),
    ...observeRoutes(engine),
    ...reportRoutes(reports, engine),
    ...autoAllocationRoutes(engine),
  };

  const router = new TrieRouter<Handler>();
  router.add('GET', '/', startPage);
  for (const path of pathsInOrder()) {
    for (const [name, handler] of Object.entries(handlers)) {
      const endpoint = ENDPOINTS[name as EndpointName];
      if (endpoint.path === path) router.add(endpoint.method, path, handler);
    }
    router.add('ALL', path, wrongMethod(path));
  }
  return router;
}

/** The first route that fits answers: `/instance/list` is never the instance of that name. */
function pathsInOrder(): string[] {
  const paths = [...new Set(Object.values(ENDPOINTS).map(({ path }) => path))];
  return [...paths.filter((path) => !path.includes(':')), ...paths.filter((path) => path.includes(':'))];
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
