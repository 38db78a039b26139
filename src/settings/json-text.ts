/** Where a JSON text stops being JSON. Lines and columns count from 1. */
export interface JsonFault {
  line: number;
  column: number;
  /** What was expected there. */
  expected: string;
}

export interface JsonText {
  /** The line on which the value at this path begins (`service_types.dev.port_range`, `list.0`). */
  lineOf(path: string): number | undefined;
  fault: JsonFault | undefined;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*"/iy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/iy;

/**
 * Where everything stands in a JSON text, and where it is broken. JSON.parse tells neither: which position its messages
 * name, if any, differs from one Node to the next.
 */
export function scanJson(text: string): JsonText {
  const places = new Map<string, number>();
  let at = 0;

  function skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }
  function take(sign: string): boolean {
    skip(SPACE);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  }
  function need(isThere: boolean, expected: string): void {
    if (!isThere) throw new Fault(expected);
  }

  function value(path: readonly string[]): void {
    skip(SPACE);
    places.set(path.join('.'), at);
    if (take('{')) members(path);
    else if (take('[')) items(path);
    else need(skip(STRING) !== undefined || skip(SCALAR) !== undefined, 'a value');
  }

  function members(path: readonly string[]): void {
    if (take('}')) return;
    do {
      skip(SPACE);
      const place = at;
      const key = skip(STRING);
      need(key !== undefined, 'a name in double quotes');
      need(take(':'), '":"');
      const inner = [...path, String(JSON.parse(key ?? '""'))];
      value(inner);
      places.set(inner.join('.'), place);
    } while (take(','));
    need(take('}'), '"," or "}"');
  }

  function items(path: readonly string[]): void {
    if (take(']')) return;
    let index = 0;
    do value([...path, String(index++)]);
    while (take(','));
    need(take(']'), '"," or "]"');
  }

  function place(offset: number): { line: number; column: number } {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  let fault: JsonFault | undefined;
  try {
    value([]);
    skip(SPACE);
    need(at === text.length, 'the end of the file');
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = { ...place(at), expected: error.expected };
  }
  return {
    fault,
    lineOf(path) {
      const offset = places.get(path);
      return offset === undefined ? undefined : place(offset).line;
    },
  };
}

class Fault extends Error {
  readonly expected: string;
  constructor(expected: string) {
    super(expected);
    this.expected = expected;
  }
}
