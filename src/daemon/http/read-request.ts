import type { IncomingMessage } from 'node:http';
import type { EndpointName } from '../../protocol/endpoints.ts';
import { parse } from '../../protocol/requests/parse.ts';
import {
  REQUESTS,
  type CheckedRequest,
  type FieldsSchema,
  type RequestSchemas,
} from '../../protocol/requests/table.ts';
import { readJsonObject } from './read-json.ts';

/** A request whose route is known, unchecked. */
export interface RawRequest {
  readonly request: IncomingMessage;
  /** What stands at the `:name` places of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** @throws StyxyError for the first field that is not what the route takes, or BODY_TOO_LARGE */
export async function readRequest<Name extends EndpointName>(
  name: Name,
  { request, params, query }: RawRequest,
): Promise<CheckedRequest<Name>> {
  const schemas: RequestSchemas = REQUESTS[name];
  const checked = {
    path:
      schemas.path &&
      parse(
        schemas.path,
        valuesOf(schemas.path, (field) => params[field] ?? null),
      ),
    query:
      schemas.query &&
      parse(
        schemas.query,
        valuesOf(schemas.query, (field) => query.get(field)),
      ),
    body: schemas.body && parse(schemas.body, await readJsonObject(request)),
  };
  return checked as CheckedRequest<Name>;
}

/** The values that the texts of a path or a query stand for. A text that stands for none stays, to be refused. */
function valuesOf({ entries }: FieldsSchema, textOf: (field: string) => string | null): object {
  const values: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(entries)) {
    const text = textOf(field);
    if (text !== null) values[field] = valueOf(text, 'wrapped' in schema ? schema.wrapped : schema);
  }
  return values;
}

/** Numbers are read strictly: `3000abc`, `3e3`, ` 3000` and `3000.5` stand for none. */
function valueOf(text: string, { type }: { type: string }): unknown {
  if (type === 'number') return /^\d{1,9}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  if (type !== 'object') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
