import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { projectConfigSchema, userConfigSchema } from './schema.ts';

export type ConfigKind = 'user' | 'project';

const SCHEMAS = { user: userConfigSchema, project: projectConfigSchema };
const TITLES = { user: 'Styxy: config.json of a user', project: 'Styxy: configuration of a project' };

/** The JSON Schema of a configuration file. What JSON Schema can't say (two ranges overlap) is left to us. */
export function jsonSchemaOf(kind: ConfigKind): Record<string, unknown> {
  return { ...asJsonSchema(SCHEMAS[kind]), title: TITLES[kind] };
}

/** What people and programs write, where everything may be left out that has a default. */
export function asJsonSchema(schema: GenericSchema): Record<string, unknown> {
  // Names of settings and types, and the order of two ports, are checked by code.
  return { ...toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' }) };
}
