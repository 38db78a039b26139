/** JSON Schemas as TypeScript declarations, for people. */

/** @param schemas by name */
export function declarationsOf(schemas) {
  return Object.entries(schemas).map(([name, schema]) => {
    const comment = commentOf(schema, '');
    return schema.properties
      ? `${comment}interface ${name} ${membersOf(schema, '')}`
      : `${comment}type ${name} = ${typeOf(schema, '')};`;
  });
}

function membersOf({ properties, required = [] }, indent) {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${commentOf(schema, inner)}${inner}${name}${mark}: ${typeOf(schema, inner)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function typeOf(schema, indent) {
  const { $ref, type, anyOf, oneOf, prefixItems, items, properties, additionalProperties: each } = schema;
  if ($ref) return $ref.split('/').at(-1);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (anyOf ?? oneOf) return (anyOf ?? oneOf).map((part) => typeOf(part, indent)).join(' | ');
  if (prefixItems) return `[${prefixItems.map((part) => typeOf(part, indent)).join(', ')}]`;
  if (items) return listOf(typeOf(items, indent));
  if (properties) return membersOf(schema, indent);
  if (each) return `Record<string, ${typeOf(each, indent)}>`;
  return type === 'integer' ? 'number' : (type ?? 'unknown');
}

const listOf = (type) => (type.includes(' | ') ? `(${type})[]` : `${type}[]`);

function commentOf(schema, indent) {
  const limits = limitsOf(schema);
  const text = [schema.description, ...(limits ? [limits] : [])].filter(Boolean).join('; ');
  return text === '' ? '' : `${indent}/** ${text} */\n`;
}

function limitsOf({
  type,
  format,
  minimum,
  maximum,
  minLength,
  maxLength,
  maxItems,
  maxProperties,
  pattern,
  anyOf,
}) {
  // Of a value or null.
  if (anyOf?.length === 2 && anyOf[1].type === 'null') return limitsOf(anyOf[0]);
  if (format === 'date-time') return 'ISO 8601';
  if (maximum !== undefined) return `${minimum} to ${maximum}`;
  if (maxLength !== undefined) return `${minLength ? `${minLength} to` : 'at most'} ${maxLength} characters`;
  if (maxItems !== undefined) return `at most ${maxItems}`;
  if (maxProperties !== undefined) return `at most ${maxProperties}`;
  return type === 'string' && pattern !== undefined ? pattern : undefined;
}
