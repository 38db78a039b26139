import * as v from 'valibot';
import { messageOf, StyxyError, systemCode } from '../base/styxy-error.ts';
import { dependencyProblems } from './dependencies.ts';
import { findFault, lineFinder } from './json-positions.ts';
import { placeholderProblems } from './placeholders.ts';
import { badConfig, problem, problemsOf, type ConfigProblem } from './problem.ts';
import { projectConfigSchema, userConfigSchema, type ProjectConfig, type UserConfig } from './schema.ts';

/** A value with every default filled in, or all that is wrong with it. */
export type Checked<Config> = { config: Config; problems: readonly [] } | { problems: ConfigProblem[] };

export const checkUserConfig = (value: unknown, file: string): Checked<UserConfig> =>
  check(userConfigSchema, value, file);

export function checkProjectConfig(value: unknown, file: string): Checked<ProjectConfig> {
  const checked = check(projectConfigSchema, value, file);
  if (!('config' in checked)) return checked;
  const { env = {}, services = {} } = checked.config;
  const problems = [...placeholderProblems(env, services, file), ...dependencyProblems(services, file)];
  return problems.length > 0 ? { problems } : checked;
}

/** @throws StyxyError BAD_CONFIG listing every problem: where, what is there, what was expected. */
export const parseUserConfig = (value: unknown, file: string): UserConfig =>
  configOf(checkUserConfig(value, file), file);
export const parseProjectConfig = (value: unknown, file: string): ProjectConfig =>
  configOf(checkProjectConfig(value, file), file);

function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): Checked<v.InferOutput<Schema>> {
  if (Array.isArray(value)) return { problems: [problem(file, '', value, 'expected an object')] };
  const result = v.safeParse(schema, value);
  if (result.success) return { config: result.output, problems: [] };
  const misplaced = misplacedTypes(value, schema, file);
  return { problems: misplaced.length > 0 ? misplaced : problemsOf(result.issues, schema, file) };
}

/** Service types at the top of the file, as the original's design had them. */
function misplacedTypes(value: unknown, schema: v.GenericSchema, file: string): ConfigProblem[] {
  const known = Object.keys('entries' in schema ? (schema.entries as object) : {});
  return Object.entries(value ?? {}).flatMap(([name, type]: [string, unknown]) => {
    const isType =
      typeof type === 'object' && type !== null && ('port_range' in type || 'preferred_ports' in type);
    if (!isType || known.includes(name)) return [];
    const hint = `service types stand below "service_types": { "service_types": { "${name}": ... } }`;
    return [
      {
        ...problem(file, name, type, hint),
        message: `"${name}" is not a setting; ${hint}`,
        did_you_mean: `service_types.${name}`,
      },
    ];
  });
}

function configOf<Config>(checked: Checked<Config>, file: string): Config {
  if ('config' in checked) return checked.config;
  throw badConfig(file, checked.problems);
}

/**
 * The value of a JSON text, which may begin with a byte order mark.
 * @throws StyxyError BAD_CONFIG naming the line where it stops being JSON
 */
export function parseJsonConfig(text: string, file: string): unknown {
  const bare = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(bare);
  } catch (error) {
    const { line = null, column = 1, expected = 'JSON' } = findFault(bare) ?? {};
    const found = bare
      .split('\n')
      .at((line ?? 1) - 1)
      ?.slice(column - 1, column + 19)
      .trim();
    const message = `expected ${expected}; found ${found ? JSON.stringify(found) : 'the end of the line'}`;
    const flaw = { ...problem(file, '', found, `expected ${expected}`, line), message };
    throw new StyxyError('BAD_CONFIG', `${file} is not JSON`, {
      why: line === null ? messageOf(error) : `line ${line}, column ${column}: ${message}`,
      details: { file, problems: [flaw] },
      cause: error,
    });
  }
}

/**
 * The problems with the lines of the JSON text in which they were found, from top to bottom.
 * @param prefix the key of the text under which the configuration stands
 */
export function withLines(problems: readonly ConfigProblem[], text: string, prefix = ''): ConfigProblem[] {
  if (problems.length === 0) return [];
  const lineOf = lineFinder(text.replace(/^\uFEFF/, ''));
  const found = problems.map((each) => {
    const path = [prefix, each.path].filter(Boolean).join('.');
    return { ...each, line: lineOf(path) ?? nearestLine(path) };
  });
  return found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));

  /** Of something that is missing: the line of what it is missing in. */
  function nearestLine(path: string): number | null {
    const above = path.slice(0, Math.max(0, path.lastIndexOf('.')));
    return lineOf(above) ?? (above ? nearestLine(above) : null);
  }
}

/** A file that can't even be read or evaluated. */
export function unreadableConfig(error: unknown, file?: string): StyxyError {
  if (error instanceof StyxyError) return error;
  const named = typeof error === 'object' && error !== null && 'filepath' in error && error.filepath;
  const filepath = file ?? (typeof named === 'string' ? named : "the project's configuration");
  const code = systemCode(error);
  return new StyxyError('BAD_CONFIG', `${filepath} can't be read`, {
    why: code && !messageOf(error).includes(code) ? `${code}: ${messageOf(error)}` : messageOf(error),
    details: { file: filepath, problems: [] },
    cause: error,
  });
}
