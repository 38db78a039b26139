/** The tables of the code from which `generate.mjs` writes pages and schemas. */
export { toJsonSchema } from '@valibot/to-json-schema';
export { ERRORS } from '../src/base/error-codes.ts';
export { createProgram } from '../src/cli/program.ts';
export { BODIES } from '../src/protocol/bodies.ts';
export { COMMON_ERRORS, DETAILS, PATH_PARAMETERS } from '../src/protocol/endpoint-details.ts';
export { ENDPOINTS } from '../src/protocol/endpoints.ts';
export { EVENTS } from '../src/protocol/events.ts';
export { METRICS } from '../src/protocol/metrics.ts';
export { ENVIRONMENT } from '../src/settings/environment.ts';
export { jsonSchemaOf } from '../src/settings/json-schema.ts';
