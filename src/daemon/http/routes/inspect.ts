import { parsePort } from '../../../base/port-number.ts';
import type { Engine } from '../../engine.ts';
import type { Handler } from '../exchange.ts';

/** Routes about what really listens. */
export function observeRoutes(engine: Engine) {
  return {
    scan: ({ query }) => engine.scan({ from: portOf(query, 'from'), to: portOf(query, 'to') }),
  } satisfies Record<string, Handler>;
}

function portOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : parsePort(text, `${name} of GET /scan`);
}
