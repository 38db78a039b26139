import * as v from 'valibot';
import { messageOf, StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../domain/service-type.ts';
import { projectConfigSchema, userConfigSchema, type ProjectConfig, type UserConfig } from './schema.ts';

export const parseUserConfig = (value: unknown, file: string): UserConfig =>
  parse(userConfigSchema, value, file);
export const parseProjectConfig = (value: unknown, file: string): ProjectConfig =>
  parse(projectConfigSchema, value, file);

/** @throws StyxyError BAD_CONFIG listing every problem: where, what is there, what was expected. */
function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, Array.isArray(value) ? null : value);
  if (result.success) return result.output;
  const problems = result.issues.map(describe);
  throw new StyxyError('BAD_CONFIG', `${file} is not valid`, {
    why: problems.join('; '),
    details: { file, problems },
  });
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = knownKeys(issue);
    const near = nearestName(path?.split('.').at(-1) ?? '', known);
    return `"${path}" is not a setting${near ? `; did you mean "${near}"?` : ''}`;
  }
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input);
  return `${path ? `"${path}"` : 'the file'} is ${found}: ${issue.message}`;
}

function knownKeys(issue: v.BaseIssue<unknown>): string[] {
  const { requirement } = issue;
  if (typeof requirement === 'object' && requirement !== null && 'entries' in requirement) {
    return Object.keys(requirement.entries as object);
  }
  return KNOWN_SETTINGS;
}

const KNOWN_SETTINGS = [
  'service_types',
  'services',
  'on_wrapper_death',
  'port_range',
  'preferred_ports',
  'instance_behavior',
  'singleton_scope',
  'description',
  'type',
  'command',
  'prefer',
  'env',
  'args',
];

/** A file that can't even be read or evaluated. */
export function unreadableConfig(error: unknown): StyxyError {
  const filepath =
    typeof error === 'object' && error !== null && 'filepath' in error
      ? String(error.filepath)
      : 'the configuration of styxy';
  return new StyxyError('BAD_CONFIG', `${filepath} can't be read`, { why: messageOf(error), cause: error });
}
