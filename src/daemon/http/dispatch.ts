import type { RequestListener } from 'node:http';
import type { Router } from 'hono/router';
import type { Logger } from '../../base/log.ts';
import { ofShortage } from '../../base/shortage.ts';
import { messageOf, ofRemovedFile, StyxyError } from '../../base/styxy-error.ts';
import { toErrorBody } from '../../protocol/error-body.ts';
import { sendJson } from './respond.ts';
import type { Route } from './routes/table.ts';

/**
 * Answers each request by its route; every failure is answered in JSON, too.
 *
 * Straight on Node's own request and response: the web's Request and Response classes would load another HTTP stack
 * into the daemon (9 MB) and cost each answer as much as the rest of its way.
 */
export function createDispatcher(router: Router<Route>, log: Logger): RequestListener {
  return (request, response) => {
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1));

    async function answer(): Promise<void> {
      const [[route, params] = [undefined, {}]] = router.match(request.method ?? 'GET', path)[0];
      if (!route) throw new StyxyError('NO_ROUTE', `there is no ${printable(path)}`);
      const result = await route({ request, params: params as Record<string, string>, query }, response);
      if (result !== undefined) sendJson(response, 200, result);
    }

    answer().catch((thrown: unknown) => {
      // The client disconnected in the middle of its own request.
      const isCutOff = request.destroyed && !request.complete;
      if (response.headersSent || (isCutOff && !(thrown instanceof StyxyError))) {
        response.destroy();
        return;
      }
      // The unread rest of a refused body would be read as the next request.
      const headers = request.complete ? {} : { connection: 'close' };
      const error = expected(thrown) ?? unexpected(thrown, path, log);
      sendJson(response, error.httpStatus, toErrorBody(error), headers);
    });
  };
}

const expected = (thrown: unknown): StyxyError | undefined =>
  thrown instanceof StyxyError ? thrown : undefined;

function unexpected(thrown: unknown, path: string, log: Logger): StyxyError {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  log.error('a request failed unexpectedly', { path: printable(path), error: messageOf(thrown), stack });
  return (
    ofRemovedFile(thrown) ??
    ofShortage(thrown, 'the daemon') ??
    new StyxyError('INTERNAL', 'the daemon failed on this request')
  );
}

const printable = (path: string): string => path.slice(0, 100);
