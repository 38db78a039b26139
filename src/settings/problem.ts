import type * as v from 'valibot';
import { StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../base/nearest-name.ts';

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  file: string;
  /** `services.web.prefer`; empty for the file as a whole. */
  path: string;
  line: number | null;
  /** What is there. */
  value: unknown;
  /** What belongs there. */
  expected: string;
  /** The setting that was most likely meant. */
  did_you_mean: string | null;
  /** All of this in one line, without the file. */
  message: string;
}

export function problem(
  file: string,
  path: string,
  value: unknown,
  expected: string,
  line: number | null = null,
): ConfigProblem {
  const what = path ? `"${path}"` : 'the file';
  return {
    file,
    path,
    line,
    value: value ?? null,
    expected: expected.replace(/^expected /, ''),
    did_you_mean: null,
    message: `${what} is ${show(value)}: ${expected}`,
  };
}

/** What a schema found wrong, each with the settings that are known at its place. */
export function problemsOf(
  issues: readonly v.BaseIssue<unknown>[],
  schema: v.GenericSchema,
  file: string,
): ConfigProblem[] {
  const told = new Set<string>();
  return issues.flatMap((issue) => {
    const items = issue.path ?? [];
    const path = items.map(({ key }) => String(key)).join('.');
    const last = items.at(-1);
    // 30.5 is neither whole nor large enough for a port: one problem.
    const same = `${path} ${issue.message}`;
    if (told.has(same)) return [];
    told.add(same);
    if (issue.type === 'strict_object' && issue.expected === 'never') {
      return [unknownKey(file, path, last?.value, keysAt(schema, items.slice(0, -1)))];
    }
    const value = last === undefined ? issue.input : last.origin === 'key' ? last.key : last.value;
    return [problem(file, path, value, issue.message)];
  });
}

function unknownKey(file: string, path: string, value: unknown, known: readonly string[]): ConfigProblem {
  const near = nearestName(path.split('.').at(-1) ?? '', known) ?? null;
  return {
    ...problem(file, path, value, `one of ${known.join(', ')}`),
    did_you_mean: near,
    message: `"${path}" is not a setting${near ? `; did you mean "${near}"?` : ''}`,
  };
}

/** The settings that a schema knows at a path. */
function keysAt(schema: v.GenericSchema, path: readonly { key?: unknown }[]): string[] {
  let at: unknown = schema;
  for (const { key } of path) {
    const { entries, value } = unwrapped(at);
    at = entries?.[String(key)] ?? value;
  }
  return Object.keys(unwrapped(at).entries ?? {});
}

/** A schema without what makes it optional. */
function unwrapped(schema: unknown): { entries?: Record<string, unknown>; value?: unknown } {
  let at = schema;
  while (typeof at === 'object' && at !== null && 'wrapped' in at) at = at.wrapped;
  return at ?? {};
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? `a ${typeof value}`;
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** All problems of one file as one failure. */
export function badConfig(file: string, problems: readonly ConfigProblem[]): StyxyError {
  const lines = problems.map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`));
  return new StyxyError('BAD_CONFIG', `${file} is not valid`, {
    why: lines.join('; '),
    details: { file, problems },
  });
}
