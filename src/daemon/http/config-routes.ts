import type { Engine } from '../engine.ts';
import type { Handler } from './exchange.ts';

/** Routes about what is configured. */
export function configRoutes(engine: Engine) {
  return {
    config: () => engine.config(),
  } satisfies Record<string, Handler>;
}
