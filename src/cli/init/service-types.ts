import { basename, join, relative, resolve } from 'node:path';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import {
  type ServiceTypes,
  type TypesDocument,
  typesOfMarkdown,
  typesOfValue,
} from '../../init/types-document.ts';
import { findProjectConfig } from '../../project/find-config.ts';
import { editJson } from '../../settings/json-edit.ts';
import { checkProjectConfig, parseJsonConfig } from '../../settings/parse.ts';
import { badConfig } from '../../settings/problem.ts';
import { layTypes } from '../../settings/service-types.ts';
import type { Context } from '../context.ts';
import { readText } from './files.ts';

/** What becomes of the project's configuration. */
export interface TypesChange {
  file: string;
  before: string | undefined;
  edit: (text: string | undefined) => string;
  lines: readonly string[];
}

const NEW_FILE = 'styxy.config.json';

/**
 * The project's configuration with the service types of a document in it.
 * @returns undefined when it has them already
 * @throws StyxyError BAD_CONFIG
 */
export async function typesChange(
  document: string,
  root: string,
  { cwd, looking }: Pick<Context, 'cwd' | 'looking'>,
): Promise<TypesChange | undefined> {
  const source = resolve(cwd, document);
  const types = await readTypes(source, document);
  const known = await findProjectConfig(root, root, looking);
  const file = known === undefined ? NEW_FILE : relative(root, known.file);
  if (!/\.json$|^\.styxyrc$/.test(file)) throw notJson(file, document);
  const before = readText(join(root, file));
  const edit = (text: string | undefined): string => withTypes(text, types, file);
  if (before === edit(before)) return undefined;
  return { file, before, edit, lines: Object.entries(types).map(lineOf) };
}

function withTypes(before: string | undefined, types: ServiceTypes, file: string): string {
  if (before === undefined)
    return editJson(
      '{}\n',
      Object.entries(types).map(([name, value]) => change(name, value, [])),
    );
  parseJsonConfig(before, file);
  const prefix = basename(file) === 'package.json' ? ['styxy'] : [];
  return editJson(
    before,
    Object.entries(types).map(([name, value]) => change(name, value, prefix)),
  );
}

const change = (name: string, value: unknown, [prefix]: readonly string[]) => ({
  path:
    prefix === undefined ? (['service_types', name] as const) : ([prefix, 'service_types', name] as const),
  value,
});

/** @throws StyxyError BAD_CONFIG */
async function readTypes(file: string, shown: string): Promise<ServiceTypes> {
  const text = readText(file);
  if (text === undefined) throw new StyxyError('BAD_CONFIG', `there is no ${shown}`);
  const { types, problems } = await read(file, text);
  if (Object.keys(types).length === 0 || problems.length > 0) {
    throw new StyxyError('BAD_CONFIG', `${shown} tells no service types`, {
      why:
        problems.join('; ') ||
        'no table with a column for names and one for ranges of ports, and no service_types',
      hint: 'in Markdown, give a table with the columns "Type" and "Range": | api | 8000-8099 |',
    });
  }
  const checked = checkProjectConfig({ service_types: types }, shown);
  if (checked.problems.length > 0) throw badConfig(shown, checked.problems);
  const laid = layTypes([{ file: shown, types }]);
  if (laid.problems.length > 0) throw badConfig(shown, laid.problems);
  return types;
}

async function read(file: string, text: string): Promise<TypesDocument> {
  if (file.endsWith('.json')) return typesOfValue(parseJsonConfig(text, file));
  if (!/\.ya?ml$/.test(file)) return typesOfMarkdown(text);
  try {
    const { load } = await import('js-yaml');
    return typesOfValue(load(text));
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `${file} is not YAML`, { why: messageOf(error) });
  }
}

function notJson(file: string, document: string): StyxyError {
  return new StyxyError('BAD_CONFIG', `${file} is not JSON, so its text is left to its author`, {
    hint: `write the types into a file of their own, styxy-types.json, and "extends": "./styxy-types.json" into ${file}; ${document} itself will do if it is JSON or YAML with service_types`,
  });
}

function lineOf([name, { port_range: range, preferred_ports: preferred = [], instance_behavior: behavior }]: [
  string,
  ServiceTypes[string],
]): string {
  const first = preferred.length > 0 ? `, preferred ${preferred.join(', ')}` : '';
  return `${JSON.stringify(name)}: ${range?.join('-')}${first}${behavior === 'single' ? ', single' : ''}`;
}
