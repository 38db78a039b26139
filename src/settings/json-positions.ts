import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** Where a JSON text stops being JSON. Lines and columns count from 1. */
export interface JsonFault {
  line: number;
  column: number;
  /** What belongs there. */
  expected: string;
}

const SCALAR = 'a text in double quotes, a number, true, false or null';
const ESCAPES = 'a text with the escapes of JSON: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000';
/** By the names that jsonc-parser has for its errors. */
const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: SCALAR,
  PropertyNameExpected: 'a name in double quotes',
  ValueExpected: 'a value',
  ColonExpected: '":"',
  CommaExpected: '","',
  CloseBraceExpected: '"," or "}"',
  CloseBracketExpected: '"," or "]"',
  EndOfFileExpected: 'the end of the file',
  InvalidCommentToken: 'no comment: JSON has none',
  UnexpectedEndOfString: 'a text that ends with a quote on its line',
  UnexpectedEndOfNumber: 'a number',
  InvalidUnicode: ESCAPES,
  InvalidEscapeCharacter: ESCAPES,
  InvalidCharacter: 'a text without control characters',
};

/**
 * JSON.parse does not tell it: which position its messages name, if any, differs from one Node to the next.
 * @returns undefined when nothing is wrong
 */
export function findFault(text: string, { allowsComments = false } = {}): JsonFault | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: !allowsComments });
  const [first] = errors;
  if (!first) return undefined;
  const expected = EXPECTED[printParseErrorCode(first.error)] ?? 'JSON';
  return { ...placeOf(text, first.offset), expected };
}

/** Tells the line on which the value at a path begins, or its name (`service_types.dev.port_range`, `list.0`). */
export function lineFinder(text: string): (path: string) => number | undefined {
  const offsets = new Map<string, number>();
  const root = parseTree(text);
  if (root) note(root, [], root.offset);
  return (path) => {
    const offset = offsets.get(path);
    return offset === undefined ? undefined : placeOf(text, offset).line;
  };

  function note(node: Node, path: readonly string[], offset: number): void {
    offsets.set(path.join('.'), offset);
    node.children?.forEach((child, index) => {
      if (child.type !== 'property') return note(child, [...path, String(index)], child.offset);
      const [name, value] = child.children ?? [];
      if (value) note(value, [...path, String(name?.value)], child.offset);
    });
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
