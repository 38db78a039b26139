import { toJsonSchema } from '@valibot/to-json-schema';
import { projectConfigSchema, userConfigSchema } from './schema.ts';

export type ConfigKind = 'user' | 'project';

const SCHEMAS = { user: userConfigSchema, project: projectConfigSchema };
const TITLES = { user: 'Styxy: config.json of a user', project: 'Styxy: configuration of a project' };

/** The JSON Schema of a configuration file. What JSON Schema can't say (two ranges overlap) is left to us. */
export function jsonSchemaOf(kind: ConfigKind): Record<string, unknown> {
  const schema = toJsonSchema(SCHEMAS[kind], {
    // Names of settings and types, and the order of two ports.
    errorMode: 'ignore',
    // What people write, where everything may be left out.
    typeMode: 'input',
  });
  return { ...schema, title: TITLES[kind] };
}
