import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { StyxyError } from '../../src/base/styxy-error.ts';
import type { Connection } from '../../src/client/connection.ts';
import type { Call } from '../../src/client/transport.ts';
import { ENDPOINTS, type EndpointName } from '../../src/protocol/endpoints.ts';
import { toErrorBody } from '../../src/protocol/error-body.ts';

type Json = Record<string, unknown>;

/** The published document, as far as tests read it. */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
}
export interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema?: Json }[];
  requestBody?: { content: Record<string, { schema: Json; example?: Json }> };
  responses: Record<string, { description: string; content: Record<string, { schema?: Json }> }>;
}

export const openApi = JSON.parse(
  readFileSync(new URL('../../config/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

export const templateOf = (name: EndpointName): string => ENDPOINTS[name].path.replaceAll(/:(\w+)/g, '{$1}');

export function operationOf(name: EndpointName): Operation {
  const operation = openApi.paths[templateOf(name)]?.[ENDPOINTS[name].method.toLowerCase()];
  if (!operation) throw new Error(`the document has no ${name}`);
  return operation;
}

/** The route that answers a request; the path may have a query. A path without parameters goes before one with them. */
export function endpointOf(method: string, path: string): EndpointName | undefined {
  const [plain = ''] = path.split('?');
  const names = Object.keys(ENDPOINTS) as EndpointName[];
  const exact = names.filter((name) => ENDPOINTS[name].path === plain);
  const fitting = exact.length > 0 ? exact : names.filter((name) => patternOf(name).test(plain));
  return fitting.find((name) => ENDPOINTS[name].method === method);
}

const patternOf = (name: EndpointName): RegExp =>
  new RegExp(`^${ENDPOINTS[name].path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
ajv.addVocabulary(['discriminator', ...Object.keys(openApi)]);
ajv.addSchema(
  { ...openApi, components: { schemas: withoutFurtherFields(openApi.components.schemas) } },
  'api',
);
ajv.addSchema(openApi, 'published');

/** Answers may get more fields; those of today are to be described, all of them. */
function withoutFurtherFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFurtherFields);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutFurtherFields(each)]),
  );
  const isObject = copy['type'] === 'object' && 'properties' in copy;
  return isObject ? { additionalProperties: false, ...copy } : copy;
}

/** By the text of the schema. */
const compiled = new Map<string, ValidateFunction>();

/** To compile a schema takes far longer than to check a value. */
function validatorOf(schema: string): ValidateFunction {
  const validate = compiled.get(schema) ?? ajv.compile(JSON.parse(schema) as Json);
  compiled.set(schema, validate);
  return validate;
}

function problems(value: unknown, pointer: string): string[] {
  const validate = validatorOf(JSON.stringify({ $ref: pointer }));
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const escaped = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What an answer has that the document does not say, or lacks. */
export function problemsOfAnswer(
  name: EndpointName,
  status: number,
  answer: unknown,
  media = 'application/json',
): string[] {
  if (!(status in operationOf(name).responses)) return [`${name} answers ${status}, which is not described`];
  const steps = ['paths', templateOf(name), ENDPOINTS[name].method.toLowerCase(), 'responses', `${status}`];
  const at = [...steps, 'content', media, 'schema'].map(escaped).join('/');
  return problems(answer, `api#/${at}`).map((problem) => `${name} ${status}: ${problem}`);
}

/** What is wrong with a value as a named schema, exactly as it is published. */
export const problemsAs = (name: string, value: unknown): string[] =>
  problems(value, `published#/components/schemas/${name}`);

/** Whether a field takes a value, by the schema that is published for it; references lead into the document. */
export function takes(schema: Json, value: unknown): boolean {
  return validatorOf(JSON.stringify(schema).replaceAll('"#/', '"published#/'))(value);
}

/** Passes everything on, and fails a call whose answer the document does not describe. */
export function describedConnection(connection: Connection): Connection {
  const check = (request: Call, status: number, answer: unknown, media?: string): void => {
    const name = endpointOf(request.method, request.path);
    const found = name ? problemsOfAnswer(name, status, answer, media) : [`no route: ${request.path}`];
    if (found.length > 0) throw new Error(`not as described: ${found.slice(0, 5).join('; ')}`);
  };
  async function checked<Answer>(request: Call, asked: Promise<Answer>): Promise<Answer> {
    try {
      return await asked;
    } catch (error) {
      const isDaemons = error instanceof StyxyError && error.code !== 'DAEMON_UNREACHABLE';
      if (isDaemons) check(request, error.httpStatus, JSON.parse(JSON.stringify(toErrorBody(error))));
      throw error;
    }
  }
  return {
    async call<Answer>(request: Call): Promise<Answer> {
      const answer = await checked(request, connection.call<Answer>(request));
      if (request.as !== 'text') check(request, 200, answer);
      return answer;
    },
    async hold(request) {
      const stream = await checked(request, connection.hold(request));
      if (request.as === 'text') return stream;
      check(request, 200, stream.first, 'application/x-ndjson');
      return {
        ...stream,
        onLine: (listener) =>
          stream.onLine((line) => {
            check(request, 200, line, 'application/x-ndjson');
            listener(line);
          }),
      };
    },
    tell: connection.tell,
  };
}
