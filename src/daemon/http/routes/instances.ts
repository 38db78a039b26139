import { requireName } from '../../../domain/service-name.ts';
import { parseHeartbeatBody, parseRegisterBody } from '../../../protocol/bodies.ts';
import type { Engine } from '../../engine.ts';
import type { Handler } from '../exchange.ts';
import { readJsonObject } from '../read-json.ts';

/** Routes about sessions. A heartbeat to a path needs no body; what a client sends along is not read. */
export function instanceRoutes(engine: Engine) {
  const heartbeat: Handler = ({ params }) => engine.heartbeat(instanceId(params));
  return {
    registerInstance: async ({ request }) =>
      engine.registerInstance(parseRegisterBody(await readJsonObject(request))),
    listInstances: () => engine.listInstances(),
    heartbeatByBody: async ({ request }) =>
      engine.heartbeat(parseHeartbeatBody(await readJsonObject(request)).instance_id),
    heartbeat,
    heartbeatByPut: heartbeat,
    removeInstance: ({ params }) => engine.removeInstance(instanceId(params)),
  } satisfies Record<string, Handler>;
}

function instanceId({ id = '' }: Record<string, string>): string {
  return requireName(id, 'instance id');
}
