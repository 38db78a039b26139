import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request whose path has been understood. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What stands at the `:name` places of the path. */
  params: Record<string, string>;
  query: URLSearchParams;
}

/** Returns the JSON answer, or undefined when it has answered by itself. */
export type Handler = (exchange: Exchange) => unknown;
