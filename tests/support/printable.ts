/** Each makes a terminal do something, hide something, or show it elsewhere. */
export const TERMINAL_TEXTS = [
  '\u001b[2J\u001b[H',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://example.com\u001b\\link',
  '\u001b[31m',
  '\u001b[31mred\u001b[39m',
  '\u001b[8mhidden\u001b[0m',
  '\u009b2J',
  '\u0090q\u009c',
  '\u007f',
  '\b\b\b',
  'a\rb',
  'a\nb',
  'a\n\nstyxy: error[FORGED]: no',
  '\u0085',
  '\u2028',
  'gnp\u202e.exe',
  '\u2066x\u2069',
  '\u200e\u061c\ufeff',
  '\ud83d',
  '\u{e0041}',
  '端口👩‍💻',
] as const;

/** Written apart from the code that it examines. */
const OURS = /\u001b\[(1|2|22|31|32|33|36|39)m/g;
const KEPT = new Set([0x200c, 0x200d, ...range(0x600, 0x605), 0x6dd, 0x70f, 0x890, 0x891, 0x8e2]);

/**
 * The signs of a text that a terminal obeys or does not show, as numbers; line breaks are none.
 * @param colours ours may be in it, each switched off in its own line
 */
export function unprintableIn(text: string, colours?: 'colours'): string[] {
  const rest = colours ? text.split('\n').map(withoutColours).join('\n') : text;
  const found = Array.from(rest)
    .map((sign) => sign.codePointAt(0)!)
    .filter((code) => code !== 0x0a && isUnseen(code));
  return found.map((code) => `U+${code.toString(16).padStart(4, '0')}`);
}

function withoutColours(line: string): string {
  const codes = [...line.matchAll(OURS)].map(([, code]) => Number(code));
  const ends = codes.filter((code) => code === 22 || code === 39).length;
  return ends * 2 === codes.length ? line.replace(OURS, '') : line;
}

function isUnseen(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff)) return true;
  if (code === 0x2028 || code === 0x2029) return true;
  return !KEPT.has(code) && /^\p{Cf}$/u.test(String.fromCodePoint(code));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
