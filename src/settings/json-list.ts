import {
  BOM,
  editJson,
  type Node,
  endOf,
  indentationAt,
  isOnLines,
  memberOf,
  print,
  rootOf,
  spaced,
  styleOf,
  valueOf,
} from './json-edit.ts';

type Path = readonly [string, ...string[]];

/**
 * The text with one more item at the end of a list, and each other byte as it was. A list that is missing is made, with
 * the objects on the way. Taking the item away again gives back the same bytes.
 * @param text valid JSON, comments allowed, an object at its top
 */
export function appendToList(text: string, path: Path, item: unknown): string {
  const { mark, bare } = withoutMark(text);
  const list = nodeAt(bare, path);
  const last = list?.children?.at(-1);
  if (list?.type !== 'array' || last === undefined) return editJson(text, [{ path, value: [item] }]);
  const style = styleOf(bare);
  const inner = indentationAt(bare, last);
  const end = endOf(last);
  if (!isOnLines(bare, list)) return `${mark}${bare.slice(0, end)}, ${spaced(item)}${bare.slice(end)}`;
  // A comment behind the last item stays behind it.
  const [comment = ''] = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)/.exec(bare.slice(end)) ?? [];
  const added = `,${comment}${style.eol}${inner}${print(item, inner, style)}`;
  return mark + bare.slice(0, end) + added + bare.slice(end + comment.length);
}

/** The text without those items of a list, and without the list itself when nothing else is in it. */
export function removeFromList(text: string, path: Path, isMeant: (item: unknown) => boolean): string {
  const { mark, bare } = withoutMark(text);
  const items = nodeAt(bare, path)?.children ?? [];
  const at = items.findLastIndex((item) => isMeant(valueIn(item)));
  if (at < 0) return text;
  if (items.length === 1) return editJson(text, [{ path, value: undefined }]);
  const [before, item, after] = [items[at - 1], items[at]!, items[at + 1]];
  const [start, end] = before ? [endOf(before), endOf(item)] : [item.offset, after!.offset];
  const between = before ? bare.slice(start, item.offset).replace(',', '').trimEnd() : '';
  return removeFromList(mark + bare.slice(0, start) + between + bare.slice(end), path, isMeant);
}

function withoutMark(text: string): { mark: string; bare: string } {
  const mark = text.startsWith(BOM) ? BOM : '';
  return { mark, bare: text.slice(mark.length) };
}

function nodeAt(text: string, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, name) => valueOf(memberOf(node, name)), rootOf(text));
}

function valueIn(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueIn);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
      key && value ? [[key.value, valueIn(value)]] : [],
    ),
  );
}
