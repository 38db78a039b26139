import { parseProjectPortsBody } from '../../../protocol/bodies.ts';
import type { Engine } from '../../engine.ts';
import type { Handler } from '../exchange.ts';
import { readJsonObject } from '../read-json.ts';

/** Routes about what is configured. */
export function configRoutes(engine: Engine) {
  return {
    config: () => engine.config(),
    projectPorts: async ({ request }) =>
      engine.projectPorts(parseProjectPortsBody(await readJsonObject(request))),
  } satisfies Record<string, Handler>;
}
