import { applyEdits, parseTree, type Edit, type Node } from 'jsonc-parser';

export type { Node };

/** One change of a JSON document. */
export interface JsonChange {
  /** Names from the top: `['service_types', 'grafana']`. Objects that are missing on the way are made. */
  readonly path: readonly [string, ...string[]];
  /** undefined takes it away, and with it each object around it that would be empty. */
  readonly value: unknown;
}

export const BOM = '\uFEFF';

/**
 * The text with these changes, and each other byte as it was: order, indentation, blank lines, line ends, a byte order
 * mark. What is added looks like what stands beside it. Taking away what was added last gives back the same bytes.
 * (jsonc-parser's own `modify` formats the lines it touches anew, and so all of a file that is written on one line.)
 * @param text valid JSON, an object at its top
 */
export function editJson(text: string, changes: readonly JsonChange[]): string {
  const mark = text.startsWith(BOM) ? BOM : '';
  const bare = text.slice(mark.length);
  return mark + changes.reduce((edited, change) => editOnce(edited, change), bare);
}

function editOnce(text: string, { path, value }: JsonChange): string {
  if (value !== undefined) return applyEdits(text, setting(text, path, value));
  // A name may stand there twice: the last one counts, until it is gone.
  const edits = removal(text, path);
  return edits.length === 0 ? text : editOnce(applyEdits(text, edits), { path, value });
}

function setting(text: string, path: readonly string[], value: unknown): Edit[] {
  const style = styleOf(text);
  let node = rootOf(text);
  for (const [depth, name] of path.entries()) {
    const next = valueOf(memberOf(node, name));
    if (next) node = next;
    else {
      const rest = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
      return [insertion(text, node, name, rest, style)];
    }
  }
  return replacement(text, node, value, style);
}

/** A list of the same length keeps its form, with other values in it. */
function replacement(text: string, node: Node, value: unknown, style: Style): Edit[] {
  const items = node.type === 'array' && Array.isArray(value) ? (node.children ?? []) : [];
  if (Array.isArray(value) && items.length === value.length && items.length > 0)
    return items.flatMap((item, index) => replacement(text, item, value[index], style));
  const content = isOnLines(text, node)
    ? print(value, indentationAt(text, node), style)
    : JSON.stringify(value);
  return [{ offset: node.offset, length: node.length, content }];
}

function insertion(text: string, parent: Node, name: string, value: unknown, style: Style): Edit {
  const members = parent.children ?? [];
  const last = members.at(-1);
  const key = JSON.stringify(name);
  if (!isOnLines(text, parent)) {
    const isTight = last !== undefined && text[(last.colonOffset ?? 0) + 1] !== ' ';
    const member = isTight ? `${key}:${JSON.stringify(value)}` : `${key}: ${spaced(value)}`;
    return last
      ? { offset: endOf(last), length: 0, content: `,${isTight ? '' : ' '}${member}` }
      : { offset: parent.offset, length: parent.length, content: `{${member}}` };
  }
  const outer = indentationAt(text, parent);
  const inner = members[0] ? indentationAt(text, members[0]) : outer + style.indent;
  const member = `${style.eol}${inner}${key}: ${print(value, inner, style)}`;
  return last
    ? { offset: endOf(last), length: 0, content: `,${member}` }
    : { offset: parent.offset, length: parent.length, content: `{${member}${style.eol}${outer}}` };
}

function removal(text: string, path: readonly string[]): Edit[] {
  let node: Node | undefined = rootOf(text);
  for (const name of path.slice(0, -1)) node = valueOf(memberOf(node, name));
  const member = memberOf(node, path.at(-1)!);
  if (!node || !member) return [];
  const members = node.children ?? [];
  const at = members.indexOf(member);
  const [before, after] = [members[at - 1], members[at + 1]];
  if (before) return [{ offset: endOf(before), length: endOf(member) - endOf(before), content: '' }];
  if (after) return [{ offset: member.offset, length: after.offset - member.offset, content: '' }];
  if (path.length > 1) return removal(text, path.slice(0, -1));
  return [{ offset: node.offset, length: node.length, content: '{}' }];
}

export interface Style {
  readonly eol: string;
  /** One step of indentation. */
  readonly indent: string;
}

export function styleOf(text: string): Style {
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    indent: /\{\s*\n([ \t]+)"/.exec(text)?.[1] ?? '  ',
  };
}

/** Its members have lines of their own. An empty object is as the one around it is; an empty file is to be on lines. */
export function isOnLines(text: string, node: Node): boolean {
  const [first] = node.children ?? [];
  if (first) return text.slice(node.offset, first.offset).includes('\n');
  const around = node.parent?.type === 'property' ? node.parent.parent : node.parent;
  return around ? isOnLines(text, around) : true;
}

/** What stands before the first sign of the line. */
export function indentationAt(text: string, { offset }: Node): string {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** On lines, with lists of numbers (pairs of ports) on one. */
export function print(value: unknown, indentation: string, { eol, indent }: Style): string {
  const json = JSON.stringify(value, null, indent);
  // Line breaks stand between values only, never inside a text.
  const lists = /\[\n\s+(-?\d+(?:,\n\s+-?\d+)*)\n\s+\]/g;
  const compact = json.replaceAll(lists, (_, numbers: string) => `[${numbers.replaceAll(/\s+/g, ' ')}]`);
  return compact.replaceAll('\n', `${eol}${indentation}`);
}

/** On one line, with a space behind each colon and comma. */
export const spaced = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/([[{])\n\s*/g, '$1')
    .replaceAll(/\n\s*([\]}])/g, '$1')
    .replaceAll(/\n\s*/g, ' ');

export function rootOf(text: string): Node {
  const root = parseTree(text);
  if (root?.type !== 'object') throw new Error('only a JSON object can be edited');
  return root;
}

/** The last one of that name, as for JSON.parse. */
export function memberOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.findLast(({ children }) => children?.[0]?.value === name);
}

export const valueOf = (member: Node | undefined): Node | undefined => member?.children?.[1];
export const endOf = ({ offset, length }: Node): number => offset + length;
