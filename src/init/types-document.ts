import type { ServiceTypeConfig } from '../settings/schema.ts';
import { asObject, asText } from '../tools/project.ts';

export type ServiceTypes = Record<string, ServiceTypeConfig>;

/** Service types as a document tells them, and what in it could not be read as one. */
export interface TypesDocument {
  types: ServiceTypes;
  problems: readonly string[];
}

/** The tables of a Markdown text that have a column of names and one of ranges. */
export function typesOfMarkdown(text: string): TypesDocument {
  const rows = tablesOf(text).flatMap(({ headings, cells }) => {
    const columns = columnsOf(headings);
    return columns === undefined ? [] : cells.map((row) => fieldsOf(row, columns));
  });
  return collect(rows.map((fields) => [asText(fields.name), fields]));
}

/** The value of a JSON or YAML text: types by name, or a list of types with names; perhaps under `service_types`. */
export function typesOfValue(value: unknown): TypesDocument {
  const own = asObject(value);
  const inner = own?.service_types ?? own?.serviceTypes ?? value;
  if (Array.isArray(inner))
    return collect(inner.map((each) => [asText(asObject(each)?.name), asObject(each) ?? {}]));
  const named = Object.entries(asObject(inner) ?? {}).filter(
    ([, each]) => typeof each === 'object' || typeof each === 'string',
  );
  return collect(named.map(([name, each]) => [name, asObject(each) ?? { range: each }]));
}

type Fields = Readonly<Record<string, unknown>>;

function collect(found: readonly (readonly [name: string | undefined, fields: Fields])[]): TypesDocument {
  const types: ServiceTypes = {};
  const problems: string[] = [];
  for (const [title = '', fields] of found) {
    const name = nameOf(title);
    const range = rangeOf(field(fields, 'port_range', 'range', 'ports', 'portRange'));
    if (name === '' || range === undefined) problems.push(`"${title}" has no range of ports`);
    else if (Object.hasOwn(types, name)) problems.push(`"${name}" is there twice`);
    else types[name] = { port_range: range, ...details(fields, range) };
  }
  return { types, problems };
}

function details(fields: Fields, [first, last]: readonly [number, number]): ServiceTypeConfig {
  const preferred = numbersOf(field(fields, 'preferred_ports', 'preferred', 'preferredPorts', 'default'));
  const inside = preferred.filter((port) => port >= first && port <= last);
  const description = asText(field(fields, 'description', 'for', 'purpose', 'used_for'));
  const behavior = asText(field(fields, 'instance_behavior', 'behavior', 'instances', 'instanceBehavior'));
  return {
    ...(inside.length > 0 && { preferred_ports: inside }),
    ...(/\b(single|singleton|one|shared)\b/i.test(behavior ?? '') && {
      instance_behavior: 'single' as const,
    }),
    ...(description !== undefined && description !== '' && { description }),
  };
}

const field = (fields: Fields, ...names: readonly string[]): unknown =>
  names.map((name) => fields[name]).find((value) => value !== undefined);

/** A service type's name: `Web UI` becomes `web-ui`. */
function nameOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64);
}

/** `3000-3099`, `3000 to 3099`, `[3000, 3099]`; a lone number is a range of one. */
function rangeOf(value: unknown): [number, number] | undefined {
  const [first, second] = numbersOf(value);
  if (first === undefined) return undefined;
  return [first, second ?? first];
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  // `11_400` and `11,400`, but not the two ports of `8000,8001`.
  const text = asText(value)?.replaceAll(/(?<=(?<!\d)\d{1,2})[,_](?=\d{3}(?!\d))/g, '') ?? '';
  return [...text.matchAll(/\d{2,5}/g)].map(([digits]) => Number(digits));
}

interface Table {
  headings: readonly string[];
  cells: readonly (readonly string[])[];
}

function tablesOf(text: string): Table[] {
  const lines = text.replaceAll('\r', '').split('\n');
  return lines.flatMap((line, at) => {
    const isRule = /^[\s|:-]*-[\s|:-]*$/.test(line) && line.includes('|');
    const above = lines[at - 1];
    if (!isRule || above === undefined || !above.includes('|')) return [];
    const below = lines.slice(at + 1);
    const end = below.findIndex((row) => !row.includes('|'));
    return [{ headings: cellsOf(above), cells: below.slice(0, end < 0 ? below.length : end).map(cellsOf) }];
  });
}

/** Of a row, without what only decorates. */
function cellsOf(row: string): string[] {
  const inner = row.trim().replaceAll(/^\||\|$/g, '');
  return inner.split(/(?<!\\)\|/).map((cell) =>
    cell
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[*`~]|<[^>]*>|(?<![\w])_|_(?![\w])/g, '')
      .replaceAll(String.raw`\|`, '|')
      .trim(),
  );
}

/** What headings mean, the first that fits. */
const HEADINGS: readonly (readonly [RegExp, string])[] = [
  [/preferred|default/i, 'preferred'],
  [/range|^ports?$/i, 'range'],
  [/behaviou?r|instances?|single/i, 'behavior'],
  [/description|purpose|for\b|use|notes?/i, 'description'],
  [/type|name|service/i, 'name'],
];

/** undefined: the table is of something else. */
function columnsOf(headings: readonly string[]): readonly (string | undefined)[] | undefined {
  const columns = headings.map((heading) => HEADINGS.find(([pattern]) => pattern.test(heading))?.[1]);
  return columns.includes('name') && columns.includes('range') ? columns : undefined;
}

function fieldsOf(row: readonly string[], columns: readonly (string | undefined)[]): Fields {
  const pairs = columns.flatMap((column, at) =>
    column === undefined ? [] : [[column, row[at] ?? ''] as const],
  );
  // The first column of a meaning counts.
  return Object.fromEntries(pairs.toReversed());
}
