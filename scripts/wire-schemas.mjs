/**
 * The wire's types as JSON Schemas, read from the declarations of `src/protocol`: names, alternatives, lists, objects,
 * and what the comments say. Nothing is written down twice, so an answer can't get a field that the API's description
 * does not know. What this small reader can't express becomes a schema that allows everything.
 */

/**
 * @param text the sources that hold the declarations
 * @param roots names to begin with; what they refer to comes along
 * @returns name -> schema, references as `#/components/schemas/...`
 */
export function schemasOf(text, roots) {
  const schemas = {};
  const open = [...roots];
  while (open.length > 0) {
    const name = open.pop();
    if (name in schemas) continue;
    const declaration = declarationOf(text, name);
    if (!declaration) throw new Error(`src/protocol declares no ${name}`);
    const found = new Set();
    schemas[name] = readDeclaration(declaration, (other) => {
      if (!declarationOf(text, other)) return undefined;
      found.add(other);
      return { $ref: `#/components/schemas/${other}` };
    });
    open.push(...found);
  }
  return Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The declarations themselves, for people. */
export function declarationsOf(text, names) {
  return names.flatMap((name) => {
    const { comment = '', text: source } = declarationOf(text, name);
    const isBlock = /^(export )?interface/.test(source);
    const end = isBlock ? source.indexOf('\n}') + 2 : source.indexOf(';\n') + 1;
    return /typeof/.test(source.slice(0, end))
      ? []
      : [comment + source.slice(0, end).replace(/^export /, '')];
  });
}

function declarationOf(text, name) {
  const start = new RegExp(
    `(/\\*\\*(?:[^*]|\\*(?!/))*\\*/\\s*)?^(?:export )?(?:interface|type) ${name}\\b`,
    'm',
  ).exec(text);
  return start ? { comment: start[1], text: text.slice(start.index + (start[1]?.length ?? 0)) } : undefined;
}

function readDeclaration({ comment, text }, refer) {
  const tokens = createTokens(text);
  tokens.skip('export');
  const kind = tokens.next();
  tokens.next();
  let schema;
  if (kind === 'interface') {
    const bases = tokens.skip('extends') ? [readUnion(tokens, refer)] : [];
    while (tokens.skip(',')) bases.push(readUnion(tokens, refer));
    const own = readPrimary(tokens, refer);
    schema = bases.length > 0 ? { allOf: [...bases, own] } : own;
  } else {
    tokens.expect('=');
    schema = readUnion(tokens, refer);
  }
  return withComment(schema, comment);
}

const TOKEN = /\s*(\/\*\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*|'[^']*'|[\w$]+|=>|[^\s\w])/y;

function createTokens(text) {
  TOKEN.lastIndex = 0;
  let at = 0;
  const read = (from) => {
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(text);
    if (match?.[1].startsWith('//')) return read(TOKEN.lastIndex);
    return match ? { token: match[1], end: TOKEN.lastIndex } : { token: undefined, end: from };
  };
  const tokens = {
    peek: () => read(at).token,
    next() {
      const { token, end } = read(at);
      at = end;
      return token;
    },
    skip: (token) => (tokens.peek() === token ? (tokens.next(), true) : false),
    expect(token) {
      const found = tokens.next();
      if (found !== token) throw new Error(`expected ${token}, found ${found} in ${text.slice(0, 60)}`);
    },
    comment: () => (tokens.peek()?.startsWith('/**') ? tokens.next() : undefined),
  };
  return tokens;
}

function readUnion(tokens, refer) {
  tokens.comment();
  tokens.skip('|');
  const parts = [readIntersection(tokens, refer)];
  for (;;) {
    tokens.comment();
    if (!tokens.skip('|')) break;
    tokens.comment();
    parts.push(readIntersection(tokens, refer));
  }
  return unionOf(parts.filter((part) => part !== 'undefined'));
}

function unionOf(parts) {
  if (parts.length === 1) return parts[0];
  if (parts.every((part) => 'const' in part)) return { enum: parts.map((part) => part.const) };
  const rest = parts.filter((part) => part.type !== 'null');
  const [only] = rest;
  if (rest.length === 1 && parts.length === 2 && typeof only.type === 'string')
    return { ...only, type: [only.type, 'null'] };
  return { anyOf: parts };
}

function readIntersection(tokens, refer) {
  const parts = [readPostfix(tokens, refer)];
  while (tokens.skip('&')) parts.push(readPostfix(tokens, refer));
  return parts.length === 1 ? parts[0] : { allOf: parts };
}

function readPostfix(tokens, refer) {
  tokens.skip('readonly');
  let schema = readPrimary(tokens, refer);
  while (tokens.skip('[')) {
    const key = tokens.peek();
    if (key?.startsWith("'")) {
      tokens.next();
      schema = schema.$ref ? { $ref: `${schema.$ref}/properties/${key.slice(1, -1)}` } : {};
    } else schema = { type: 'array', items: schema };
    tokens.expect(']');
  }
  return schema;
}

const PLAIN = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  null: { type: 'null' },
  true: { const: true },
  false: { const: false },
  unknown: {},
  object: { type: 'object' },
};

function readPrimary(tokens, refer) {
  const token = tokens.next();
  if (token === '{') return readMembers(tokens, refer);
  if (token === '(') {
    const inner = readUnion(tokens, refer);
    tokens.expect(')');
    return inner;
  }
  if (token === '[') return readTuple(tokens, refer);
  if (token === 'undefined') return 'undefined';
  if (token?.startsWith("'")) return { const: token.slice(1, -1) };
  if (/^\d+$/.test(token ?? '')) return { const: Number(token) };
  const args = [];
  if (tokens.skip('<')) {
    do args.push(readUnion(tokens, refer));
    while (tokens.skip(','));
    tokens.expect('>');
  }
  if (token === 'Record') return { type: 'object', additionalProperties: args[1] };
  if (token === 'Array' || token === 'ReadonlyArray') return { type: 'array', items: args[0] };
  if (args.length > 0) return {};
  // A copy: what is known of one field is added to it.
  return token in PLAIN ? { ...PLAIN[token] } : (refer(token) ?? {});
}

function readTuple(tokens, refer) {
  const items = [];
  while (!tokens.skip(']')) {
    items.push(readUnion(tokens, refer));
    tokens.skip(',');
  }
  return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
}

function readMembers(tokens, refer) {
  const schema = { type: 'object', properties: {}, required: [] };
  while (!tokens.skip('}')) {
    const comment = tokens.comment();
    if (tokens.skip('[')) {
      while (tokens.next() !== ']');
      tokens.expect(':');
      schema.additionalProperties = readUnion(tokens, refer);
    } else {
      tokens.skip('readonly');
      const name = tokens.next();
      const isOptional = tokens.skip('?');
      tokens.expect(':');
      schema.properties[name] = withComment(readUnion(tokens, refer), comment);
      if (!isOptional) schema.required.push(name);
    }
    if (!tokens.skip(';')) tokens.skip(',');
  }
  if (schema.required.length === 0) delete schema.required;
  return schema;
}

function withComment(schema, comment) {
  if (!comment) return schema;
  const description = comment
    .replaceAll(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replaceAll(/\n\s*\* ?/g, ' ')
    .trim();
  if (description === 'ISO 8601' && JSON.stringify(schema.type)?.includes('string'))
    return { ...schema, format: 'date-time' };
  return { ...schema, description };
}
