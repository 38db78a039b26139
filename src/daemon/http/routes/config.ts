import type { Engine } from '../../engine.ts';
import type { Handlers } from './handler.ts';

export function configRoutes(engine: Engine): Handlers<'config' | 'projectPorts'> {
  return {
    config: () => engine.config(),
    projectPorts: ({ body }) => engine.projectPorts(body),
  };
}
