import type { Engine } from '../../engine.ts';
import type { Handlers } from './handler.ts';

/** Questions about ports, which change nothing. */
export function portRoutes(engine: Engine): Handlers<'list' | 'check' | 'suggest' | 'scan'> {
  return {
    list: ({ query }) => engine.list(query),
    check: ({ path }) => engine.check(path.port),
    suggest: ({ path, query }) => engine.suggest(path.serviceType, query),
    scan: ({ query }) => engine.scan(query),
  };
}
