import builtIn from '../../config/service-types.json' with { type: 'json' };
import { USUAL_EPHEMERAL_PORTS } from '../base/port-number.ts';
import { browsersRefuse } from '../domain/port.ts';
import {
  createCatalog,
  requireType,
  typeForWish,
  type Catalog,
  type ServiceType,
} from '../domain/service-type.ts';
import { typoOf } from '../domain/typo.ts';
import { badConfig, problem, type ConfigProblem } from './problem.ts';
import type { ServiceTypeConfig } from './schema.ts';

type TypeConfigs = Record<string, ServiceTypeConfig>;

/** Service types of one file. */
export interface TypeSource {
  file: string;
  types: TypeConfigs;
}

const BUILT_IN: TypeSource = { file: 'the built-in types', types: builtIn as unknown as TypeConfigs };

/** What the file of the built-in types says, as a layer of the configuration. */
export const builtInTypes = (): TypeConfigs => BUILT_IN.types;

/**
 * The built-in service types with those of other files laid over them, key by key, and all that is wrong: a type
 * without a range, preferred ports outside of it or refused by browsers, ranges that overlap.
 */
export function layTypes(sources: readonly TypeSource[]): {
  types: ServiceType[];
  problems: ConfigProblem[];
} {
  const layers = [BUILT_IN, ...sources];
  const names = new Set(layers.flatMap(({ types }) => Object.keys(types)));
  const laid = [...names].map((name) => layType(name, layers));
  const usable = laid.filter(({ problems }) => problems.length === 0);
  return {
    types: usable.map(({ type }) => type),
    problems: [
      ...laid.flatMap(({ problems }) => problems),
      ...overlaps(laid.filter(({ type }) => type.range[0] > 0)),
    ],
  };
}

/** @throws StyxyError BAD_CONFIG with every problem of the types */
export function resolveCatalog(own: TypeConfigs = {}, file = 'config.json'): Catalog {
  const { types, problems } = layTypes([{ file, types: own }]);
  if (problems.length > 0) throw badConfig(file, problems);
  return createCatalog(types);
}

/**
 * A type as a project defines it for itself, laid over the one of that name that everybody knows.
 * @throws StyxyError BAD_CONFIG when it can't be used beside the types that everybody knows
 */
export function resolveProjectType(
  catalog: Catalog,
  name: string,
  definition: ServiceTypeConfig,
  file = 'the project configuration',
): ServiceType {
  const known = [...catalog.types.values()].map((type) => [type.name, toConfig(type)] as const);
  const laid = known.map(([each, config]) =>
    layType(each, [{ file: 'the types of this user', types: { [each]: config } }]),
  );
  const own = layType(name, [
    { file: 'the types of this user', types: Object.fromEntries(known) },
    { file, types: { [name]: definition } },
  ]);
  const others = laid.filter(({ type }) => type.name !== name);
  const clashes = own.problems.length > 0 ? [] : overlaps([...others, own]);
  const problems = [...own.problems, ...clashes];
  if (problems.length > 0) throw badConfig(file, problems);
  return own.type;
}

/** Where the types lie that only a daemon could know: those of the user's configuration. */
const RANGE_OF_OTHERS = [10_000, USUAL_EPHEMERAL_PORTS.first - 1] as const;

/**
 * For those who have no daemon to ask: the built-in type of that name, or the one in whose range the wished port lies.
 * Any other name gets a range wide enough to find something.
 * @param definition what the project says about it
 * @throws StyxyError UNKNOWN_TYPE when the name looks like a typo, BAD_CONFIG
 */
export function builtInTypeFor(
  name: string,
  wish: number | undefined,
  definition?: ServiceTypeConfig,
): ServiceType {
  const catalog = resolveCatalog();
  if (definition) return resolveProjectType(catalog, name, definition);
  const wanted = typeForWish(catalog, name, wish);
  const isTypo = typoOf(wanted, [...catalog.types.keys()], []) !== undefined;
  if (catalog.types.has(wanted) || isTypo) return requireType(catalog, wanted);
  return { name: wanted, range: RANGE_OF_OTHERS, preferred: [], behavior: 'multi', description: '' };
}

/** A type as it stands in a file. */
export function toConfig({
  range,
  preferred,
  behavior,
  description,
  singletonScope,
}: ServiceType): ServiceTypeConfig {
  return {
    port_range: [...range],
    preferred_ports: [...preferred],
    instance_behavior: behavior,
    description,
    ...(singletonScope !== undefined && { singleton_scope: singletonScope }),
  };
}

interface LaidType {
  type: ServiceType;
  /** The file that says where its range is. */
  file: string;
  problems: ConfigProblem[];
}

function layType(name: string, layers: readonly TypeSource[]): LaidType {
  const said = layers.flatMap(({ file, types }) => {
    const config = Object.hasOwn(types, name) ? types[name] : undefined;
    return config ? [{ file, config }] : [];
  });
  const ranged = said.findLast(({ config }) => config.port_range);
  const preferring = said.findLast(({ config }) => config.preferred_ports);
  const range = ranged?.config.port_range ?? ([0, 0] as const);
  const isInside = (port: number): boolean => port >= range[0] && port <= range[1];
  const file = ranged?.file ?? said.at(-1)?.file ?? '';
  const preferred = preferring?.config.preferred_ports ?? [];
  // Preferences of a file below the one that moved the range are no mistake of anybody: those outside are left out.
  const isOverruled = ranged && preferring && said.indexOf(preferring) < said.indexOf(ranged);
  const problems = ranged ? [] : [noRange(name, file)];
  if (ranged && preferring && !isOverruled) problems.push(...wrongPorts(name, range, preferring));
  return {
    file,
    problems,
    type: {
      name,
      range,
      preferred: preferred.filter(isInside),
      behavior: said.findLast(({ config }) => config.instance_behavior)?.config.instance_behavior ?? 'multi',
      description: said.findLast(({ config }) => config.description !== undefined)?.config.description ?? '',
      singletonScope: said.findLast(({ config }) => config.singleton_scope)?.config.singleton_scope,
    },
  };
}

function noRange(name: string, file: string): ConfigProblem {
  return problem(file, `service_types.${name}.port_range`, undefined, 'expected "port_range": [first, last]');
}

function wrongPorts(
  name: string,
  [first, last]: readonly [number, number],
  { file, config }: { file: string; config: ServiceTypeConfig },
): ConfigProblem[] {
  return (config.preferred_ports ?? []).flatMap((port, index) => {
    const path = `service_types.${name}.preferred_ports.${index}`;
    if (port < first || port > last) {
      return [problem(file, path, port, `expected a port of its range, ${first}-${last}`)];
    }
    return browsersRefuse(port)
      ? [problem(file, path, port, 'expected a port that browsers do not refuse to open')]
      : [];
  });
}

function overlaps(laid: readonly LaidType[]): ConfigProblem[] {
  const inOrder = laid.toSorted((a, b) => a.type.range[0] - b.type.range[0]);
  const problems: ConfigProblem[] = [];
  let widest: LaidType | undefined;
  for (const each of inOrder) {
    if (widest && widest.type.range[1] >= each.type.range[0]) problems.push(overlap(widest, each));
    if (!widest || each.type.range[1] > widest.type.range[1]) widest = each;
  }
  return problems;
}

/** Told of the file that came later: the other was there before it. */
function overlap(a: LaidType, b: LaidType): ConfigProblem {
  const [own, other] = b.file === BUILT_IN.file ? [a, b] : [b, a];
  const show = ({ type, file }: LaidType): string => `"${type.name}" (${type.range.join('-')}, ${file})`;
  const path = `service_types.${own.type.name}.port_range`;
  return {
    ...problem(own.file, path, own.type.range, `expected a range apart from that of "${other.type.name}"`),
    message: `service types ${show(own)} and ${show(other)} overlap: one port would belong to two types`,
  };
}
