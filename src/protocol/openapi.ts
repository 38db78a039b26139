import { ERRORS, type ErrorCode } from '../base/error-codes.ts';
import {
  COMMON_ERRORS,
  DETAILS,
  PATH_PARAMETERS,
  type EndpointDetails,
  type Parameter,
} from './endpoint-details.ts';
import { ENDPOINTS, type EndpointName } from './endpoints.ts';

type Json = Record<string, unknown>;

/**
 * The API in the words of OpenAPI 3.1: every route of the table, whether or not more is known about it.
 * @param schemas of the types in `src/protocol`, by name
 */
export function openApiDocument(schemas: object, version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Styxy',
      version,
      description:
        'Ports for the dev servers of one machine. The same routes answer on the Unix socket of the home folder, ' +
        'which only its owner can open and which asks for no token.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:9876', description: "the daemon's own port, on this machine only" }],
    security: [{ token: [] }],
    paths: {
      '/': {
        get: {
          operationId: 'page',
          summary: 'a page for people',
          security: [],
          responses: { 200: { description: 'a page without data', content: { 'text/html': {} } } },
        },
      },
      ...allPaths(),
    },
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'the content of auth.token' },
      },
    },
  };
}

function allPaths(): Record<string, Json> {
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    const { method, path } = ENDPOINTS[name];
    const at = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation(name) };
  }
  return paths;
}

function operation(name: EndpointName): Json {
  const { path, summary } = ENDPOINTS[name];
  const details: EndpointDetails = DETAILS[name] ?? {};
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, parameter = '']) =>
    describe(parameter, 'path', PATH_PARAMETERS[parameter] ?? { type: 'string', about: parameter }),
  );
  const inQuery = Object.entries(details.query ?? {}).map(([parameter, about]) =>
    describe(parameter, 'query', about),
  );
  return {
    operationId: name,
    summary,
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(details.body && { requestBody: requestBody(details.body, details.example?.body) }),
    responses: {
      200: { description: 'done', content: answer(details) },
      ...refusals([...COMMON_ERRORS, ...(details.errors ?? [])]),
    },
  };
}

function describe(name: string, place: 'path' | 'query', { type, about }: Parameter): Json {
  return { name, in: place, required: place === 'path', description: about, schema: { type } };
}

function requestBody(schema: string, example: object | undefined): Json {
  return {
    required: true,
    content: { 'application/json': { schema: refer(schema), ...(example && { example }) } },
  };
}

function answer({ media = 'application/json', answer: name }: EndpointDetails): Json {
  if (media === 'text/plain') return { [media]: { schema: { type: 'string' } } };
  return { [media]: { schema: name ? refer(name) : { type: 'object' } } };
}

/** One entry for each status; the codes that come with it are told in words. */
function refusals(codes: readonly ErrorCode[]): Record<number, Json> {
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of new Set(codes)) (byStatus[ERRORS[code].http] ??= []).push(code);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, all]) => [
      status,
      { description: all.join(', '), content: { 'application/json': { schema: refer('ErrorBody') } } },
    ]),
  );
}

const refer = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
