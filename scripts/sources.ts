/** The tables of the code from which `generate.mjs` writes pages and schemas. */
export { ERRORS } from '../src/base/error-codes.ts';
export { createProgram } from '../src/cli/program.ts';
export { REASONS } from '../src/domain/reason.ts';
export { ENDPOINTS } from '../src/protocol/endpoints.ts';
export { ANSWERS, COMMON_ERRORS } from '../src/protocol/openapi/routes.ts';
export { openApiDocument } from '../src/protocol/openapi/document.ts';
export { EVENTS } from '../src/protocol/events.ts';
export { METRICS } from '../src/protocol/metrics.ts';
export { ENVIRONMENT } from '../src/settings/environment.ts';
export { jsonSchemaOf } from '../src/settings/json-schema.ts';
export { rowKey, TABLE } from '../src/tools/adapters/table.ts';
export { runnerNames } from '../src/tools/runners/table.ts';
export { shimText, TO_BUNDLE, TO_COMMAND } from '../src/hook/quick/shim.ts';
