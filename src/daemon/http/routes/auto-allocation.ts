import { requireName } from '../../../domain/service-name.ts';
import { parseAutoAllocationBody } from '../../../protocol/bodies.ts';
import type { Engine } from '../../engine.ts';
import type { Handler } from '../exchange.ts';
import { readJsonObject } from '../read-json.ts';

/** Routes about service types that got a range when they were first asked for. */
export function autoAllocationRoutes(engine: Engine) {
  return {
    autoAllocation: () => engine.autoAllocation(),
    setAutoAllocation: async ({ request }) =>
      engine.setAutoAllocation(parseAutoAllocationBody(await readJsonObject(request))),
    undoAutoAllocation: ({ params }) =>
      engine.undoAutoAllocation(requireName(params.serviceType ?? '', 'service type')),
  } satisfies Record<string, Handler>;
}
