import type { Engine } from '../../engine.ts';
import { holdNothing, holdOpen } from '../hold-stream.ts';
import type { Handlers } from './handler.ts';

type LeaseRoute =
  | 'allocate'
  | 'release'
  | 'stop'
  | 'restart'
  | 'log'
  | 'usage'
  | 'attach'
  | 'cleanup'
  | 'status';

/** Routes about leases and the daemon that keeps them. */
export function leaseRoutes(engine: Engine): Handlers<LeaseRoute> {
  return {
    async allocate({ body, response }) {
      const answer = await engine.allocate(body);
      if (!body.hold) return answer;
      return answer.shared
        ? holdNothing(response, answer)
        : holdOpen(response, answer, engine, body.takes_orders);
    },
    release: async ({ path, query }) => ({ success: true, ...(await engine.release(path.lockId, query)) }),
    attach: async ({ path, body }) => ({ success: true, ...(await engine.attach(path.lockId, body)) }),
    stop: ({ path, query }) => engine.stop(path.lockId, query),
    restart: ({ path, query }) => engine.restart(path.lockId, query),
    usage: () => engine.usage(),
    log: ({ path, query }) => engine.log(path.lockId, query),
    cleanup: () => engine.cleanup(),
    status: ({ query }) => engine.status(query),
  };
}
