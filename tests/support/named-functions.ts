import { parseAst } from 'rolldown/parseAst';

/** A function of a file, with the name under which a reader finds it, and its text. */
export interface NamedFunction {
  readonly name: string;
  readonly text: string;
}

/** What a file imports, by path, with the names under which it uses each thing. */
export interface NamedImport {
  readonly target: string;
  readonly name: string;
  readonly local: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** The functions of a TypeScript file: declared, assigned to a constant, or a member of an object. Read by a real parser. */
export function namedFunctions(code: string): NamedFunction[] {
  const found: NamedFunction[] = [];
  const add = (key: unknown, node: Node): void => {
    const name = nameOf(key);
    if (name !== undefined) found.push({ name, text: code.slice(node.start, node.end) });
  };
  for (const node of nodesOf(parse(code))) {
    if (node.type === 'FunctionDeclaration') add(node['id'], node);
    if (node.type === 'VariableDeclarator' && isFunction(node['init'])) add(node['id'], node);
    if (node.type === 'Property' && isFunction(node['value'])) add(node['key'], node);
  }
  return found;
}

/** The static imports of a TypeScript file, one for each name. */
export function namedImports(code: string): NamedImport[] {
  return nodesOf(parse(code)).flatMap((node) => {
    if (node.type !== 'ImportDeclaration') return [];
    const target = (node['source'] as { value: string }).value;
    return (node['specifiers'] as Node[]).map((each) => ({
      target,
      name: nameOf(each['imported']) ?? '',
      local: nameOf(each['local']) ?? '',
    }));
  });
}

const parse = (code: string): unknown => parseAst(code, { lang: 'ts' });

/** All nodes of a syntax tree. */
function nodesOf(tree: unknown, found: Node[] = []): Node[] {
  if (typeof tree !== 'object' || tree === null) return found;
  if ('type' in tree && 'start' in tree) found.push(tree as Node);
  for (const inner of Object.values(tree)) nodesOf(inner, found);
  return found;
}

const isFunction = (node: unknown): boolean => FUNCTIONS.has((node as Node | null)?.type ?? '');

const nameOf = (node: unknown): string | undefined => (node as { name?: string } | null | undefined)?.name;
