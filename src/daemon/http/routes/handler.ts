import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EndpointName } from '../../../protocol/endpoints.ts';
import type { AnswerOf } from '../../../protocol/openapi/routes.ts';
import type { CheckedRequest } from '../../../protocol/requests/table.ts';

/** A request whose parts have been checked, and where its answer goes. */
export interface Exchange<Name extends EndpointName> extends CheckedRequest<Name> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Answer<Name extends EndpointName> = AnswerOf<Name> | undefined;

/** Returns the JSON document of a success, or undefined when it has answered by itself. */
export type Handler<Name extends EndpointName> = (
  exchange: Exchange<Name>,
) => Answer<Name> | Promise<Answer<Name>>;

export type Handlers<Names extends EndpointName> = { readonly [Name in Names]: Handler<Name> };
