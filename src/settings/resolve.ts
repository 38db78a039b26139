import { createCatalog, type Catalog } from '../domain/service-type.ts';
import { isSection, mergeLayers, type Layer, type Merged } from './layers.ts';
import { checkUserConfig, parseJsonConfig, parseUserConfig, withLines } from './parse.ts';
import { badConfig, type ConfigProblem } from './problem.ts';
import type { UserConfig } from './schema.ts';
import { builtInTypes, layTypes, toConfig } from './service-types.ts';

/** The settings of a user with everything that belongs to them. */
export interface UserSettings {
  /** With every default filled in; of the service types, those of the user's file alone. */
  settings: UserConfig;
  catalog: Catalog;
  /** What stands in the user's file, without defaults. */
  written: Readonly<Record<string, unknown>>;
  /** The same as one document, all service types in it, and who said what. Worked out when it is asked for. */
  resolved(): Merged;
}

/**
 * Lays the user's file over what is built in, and other layers (the environment) over both.
 * @param text of the file; undefined when there is none
 * @throws StyxyError BAD_CONFIG listing every problem
 */
export function resolveUserSettings(
  text: string | undefined,
  file: string,
  overruling: readonly Layer[],
): UserSettings {
  const content = text === undefined ? {} : parseJsonConfig(text, file);
  const problems = userProblems(content, file);
  if (problems.length > 0) throw badConfig(file, withLines(problems, text ?? ''));
  const own = isSection(content) ? content : {};
  const { $schema: _, ...defaults } = parseUserConfig({}, file);
  const builtIn = { layer: 'built-in', source: null, values: defaults } as const;
  const user = { layer: 'user', source: file, values: own } as const;
  const merged = mergeLayers([builtIn, user, ...overruling]);
  const settings = parseUserConfig(merged.values, file);
  const catalog = createCatalog(layTypes([{ file, types: settings.service_types }]).types);
  return { settings, catalog, written: own, resolved };

  function resolved(): Merged {
    const allTypes = { ...builtIn, values: { ...defaults, service_types: typesWithDefaults() } };
    const { origins } = mergeLayers([allTypes, user, ...overruling]);
    const types = [...catalog.types.values()].map((type) => [type.name, toConfig(type)] as const);
    const values = { ...merged.values, service_types: Object.fromEntries(types) };
    return { values, origins: completed(values, origins) };
  }
}

/** All that is wrong with the content of a user's file, with the built-in types beside its own. */
export function userProblems(content: unknown, file: string): ConfigProblem[] {
  const checked = checkUserConfig(content, file);
  // Ranges that overlap are told together with what is wrong elsewhere in the file.
  const types = 'config' in checked ? checked : checkUserConfig(onlyTypes(content), file);
  const overlaps = 'config' in types ? layTypes([{ file, types: types.config.service_types }]).problems : [];
  return [...checked.problems, ...overlaps];
}

const onlyTypes = (content: unknown) =>
  isSection(content) && 'service_types' in content ? { service_types: content.service_types } : {};

/** What holds of a built-in type where its file says nothing. */
function typesWithDefaults() {
  const complete = Object.entries(builtInTypes()).map(([name, type]) => [
    name,
    { instance_behavior: 'multi', ...type },
  ]);
  return Object.fromEntries(complete) as Record<string, unknown>;
}

/** Every value has an origin: what a type of the user leaves out is built in. */
function completed(values: Record<string, unknown>, origins: Merged['origins']): Merged['origins'] {
  const all = mergeLayers([{ layer: 'built-in', source: null, values }]).origins;
  return Object.fromEntries(Object.keys(all).map((path) => [path, origins[path] ?? all[path]!]));
}
