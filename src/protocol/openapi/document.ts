import * as v from 'valibot';
import { ERRORS, type ErrorCode } from '../../base/error-codes.ts';
import { ENDPOINTS, type EndpointName } from '../endpoints.ts';
import { errorBody } from '../answers/error.ts';
import { REQUESTS, type FieldsSchema, type RequestSchemas } from '../requests/table.ts';
import { ANSWERS, COMMON_ERRORS, type AnswerDetails } from './routes.ts';
import { jsonSchemaOf, namedSchemas, type JsonSchema } from './components.ts';

type Json = Record<string, unknown>;

/** The API as an OpenAPI 3.1 document: every route of the table. Made when the project is built, not by the daemon. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Styxy',
      version,
      description:
        'Ports for the dev servers of one machine. The same routes answer on the Unix socket `daemon.sock` of the home ' +
        'folder, which only its owner can open and which asks for no token.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        description: "the daemon's own port, on this machine only",
        variables: { port: { default: '9876', description: 'set by STYXY_HTTP_PORT' } },
      },
    ],
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
      schemas: namedSchemas(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'the content of `auth.token` in the home folder',
        },
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
  const { path, query, body }: RequestSchemas = REQUESTS[name];
  const answer: AnswerDetails = ANSWERS[name];
  const parameters = [...parametersIn('path', path), ...parametersIn('query', query)];
  return {
    operationId: name,
    summary: ENDPOINTS[name].summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, answer.example?.body) }),
    responses: {
      200: { description: 'done', content: contentOf(answer) },
      ...refusals([...COMMON_ERRORS, ...answer.errors]),
    },
  };
}

function parametersIn(place: 'path' | 'query', fields: FieldsSchema | undefined): Json[] {
  return Object.entries(fields?.entries ?? {}).map(([name, schema]) => {
    const { description, ...json } = jsonSchemaOf(schema);
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description !== undefined && { description }),
      // An object in a query is sent as JSON.
      ...('$ref' in json ? { content: { 'application/json': { schema: json } } } : { schema: json }),
    };
  });
}

function requestBody(schema: v.GenericSchema, example: object | undefined): Json {
  return {
    required: true,
    content: { 'application/json': { schema: jsonSchemaOf(schema), ...(example && { example }) } },
  };
}

function contentOf({ json, other = {} }: AnswerDetails): Json {
  const documents: Json = json ? { 'application/json': { schema: jsonSchemaOf(json) } } : {};
  for (const [media, { schema, about: description }] of Object.entries(other)) {
    const shape: JsonSchema = schema ? jsonSchemaOf(schema) : { type: 'string' };
    documents[media] = { schema: { ...shape, description } };
  }
  return Object.keys(documents).length > 0
    ? documents
    : { 'application/json': { schema: { type: 'object' } } };
}

/** One answer for each status, with the codes that come with it. */
function refusals(codes: readonly ErrorCode[]): Record<number, Json> {
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of new Set(codes)) (byStatus[ERRORS[code].http] ??= []).push(code);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, all]) => [
      status,
      { description: all.join(', '), content: { 'application/json': { schema: errorWith(all) } } },
    ]),
  );
}

function errorWith(codes: readonly ErrorCode[]): Json {
  const code = jsonSchemaOf(v.picklist(codes));
  return {
    allOf: [
      jsonSchemaOf(errorBody),
      { type: 'object', properties: { error: { type: 'object', properties: { code } } } },
    ],
  };
}
