import type { Engine } from '../../engine.ts';
import type { Handlers } from './handler.ts';

type InstanceRoute =
  | 'registerInstance'
  | 'listInstances'
  | 'heartbeatByBody'
  | 'heartbeat'
  | 'heartbeatByPut'
  | 'removeInstance';

export function instanceRoutes(engine: Engine): Handlers<InstanceRoute> {
  return {
    registerInstance: ({ body }) => engine.registerInstance(body),
    listInstances: () => engine.listInstances(),
    heartbeatByBody: ({ body }) => engine.heartbeat(body.instance_id),
    heartbeat: ({ path }) => engine.heartbeat(path.id),
    heartbeatByPut: ({ path }) => engine.heartbeat(path.id),
    removeInstance: ({ path }) => engine.removeInstance(path.id),
  };
}
