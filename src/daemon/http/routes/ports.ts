import type { Engine } from '../../engine.ts';
import type { Handlers } from './handler.ts';

/** Questions about ports, and which of them are kept for whom. */
export function portRoutes(
  engine: Engine,
): Handlers<'list' | 'check' | 'suggest' | 'scan' | 'remembered' | 'forget'> {
  return {
    list: ({ query }) => engine.list(query),
    check: ({ path }) => engine.check(path.port),
    suggest: ({ path, query }) => engine.suggest(path.serviceType, query),
    scan: ({ query }) => engine.scan(query),
    remembered: ({ query }) => engine.remembered(query),
    forget: ({ query }) => engine.forget(query),
  };
}
