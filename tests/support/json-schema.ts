type Schema = Record<string, unknown>;

/**
 * What a value has that its schema does not allow, as `path: problem`. Knows the keywords that our schemas use, refuses
 * any other, and is stricter than the standard: an object may have no property that its schema does not name.
 * @param root the document in which `#/...` references are looked up
 */
export function violations(value: unknown, schema: Schema, root: object, path = 'answer'): string[] {
  const names = allProperties(schema, root);
  const unknown = isObject(value) && names ? Object.keys(value).filter((name) => !names.has(name)) : [];
  return [...unknown.map((name) => `${path}.${name}: is not described`), ...check(value, schema, root, path)];
}

const KNOWN = new Set(
  `$ref allOf anyOf type const enum properties required additionalProperties items prefixItems minItems maxItems
  description format minimum maximum minLength maxLength pattern`.split(/\s+/),
);

export function resolve(reference: string, root: object): Schema {
  let found: unknown = root;
  for (const step of reference.replace(/^#\//, '').split('/')) {
    found = isObject(found) ? found[step] : undefined;
  }
  if (!isObject(found)) throw new Error(`${reference} leads nowhere`);
  return found;
}

function check(value: unknown, schema: Schema, root: object, path: string): string[] {
  const odd = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (odd.length > 0) throw new Error(`keywords nobody checks: ${odd.join()}`);
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(`${path}: ${problem}`);
  const { $ref, allOf, anyOf, type, const: constant, enum: choices } = schema;
  if (typeof $ref === 'string') problems.push(...check(value, resolve($ref, root), root, path));
  for (const part of (allOf ?? []) as Schema[]) problems.push(...check(value, part, root, path));
  if (Array.isArray(anyOf) && !anyOf.some((part) => violations(value, part as Schema, root).length === 0))
    say(`${JSON.stringify(value)} fits none of ${anyOf.length}`);
  if (constant !== undefined && value !== constant) say(`is ${JSON.stringify(value)}`);
  if (Array.isArray(choices) && !choices.includes(value)) say(`is ${JSON.stringify(value)}`);
  const types = type === undefined ? undefined : ([type].flat() as string[]);
  if (types && !types.some((each) => isOfType(value, each))) say(`is no ${types.join(' or ')}`);
  if (schema['format'] === 'date-time' && typeof value === 'string' && Number.isNaN(Date.parse(value)))
    say(`${value} is no time`);
  if (Array.isArray(value) && isObject(schema['items'])) {
    for (const [index, item] of value.entries())
      problems.push(...violations(item, schema['items'], root, `${path}[${index}]`));
  }
  if (isObject(value)) problems.push(...checkObject(value, schema, root, path));
  return problems;
}

function checkObject(value: Schema, schema: Schema, root: object, path: string): string[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const missing = ((schema['required'] ?? []) as string[]).filter((name) => !(name in value));
  const others = schema['additionalProperties'];
  return [
    ...missing.map((name) => `${path}.${name}: is missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const about = properties[name] ?? (isObject(others) ? others : undefined);
      return about ? violations(each, about, root, `${path}.${name}`) : [];
    }),
  ];
}

/** Every property that the schema names anywhere; undefined when it allows any. */
function allProperties(schema: Schema, root: object): Set<string> | undefined {
  const { $ref, allOf, anyOf, additionalProperties, properties } = schema;
  if (additionalProperties !== undefined || anyOf !== undefined) return undefined;
  if (typeof $ref === 'string') return allProperties(resolve($ref, root), root);
  const parts = (allOf ?? []) as Schema[];
  if (properties === undefined && parts.length === 0) return undefined;
  const names = new Set(Object.keys(properties ?? {}));
  for (const part of parts) {
    const more = allProperties(part, root);
    if (!more) return undefined;
    for (const name of more) names.add(name);
  }
  return names;
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
