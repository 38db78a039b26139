import type { Engine } from '../../engine.ts';
import type { Handlers } from './handler.ts';

/** Service types that got a range when they were first asked for. */
export function autoAllocationRoutes(
  engine: Engine,
): Handlers<'autoAllocation' | 'setAutoAllocation' | 'undoAutoAllocation'> {
  return {
    autoAllocation: () => engine.autoAllocation(),
    setAutoAllocation: ({ body }) => engine.setAutoAllocation(body),
    undoAutoAllocation: ({ path }) => engine.undoAutoAllocation(path.serviceType),
  };
}
