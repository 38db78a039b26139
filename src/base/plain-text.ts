/**
 * What may be told to terminals and logs as it is.
 * @returns undefined for a text with control characters: a folder may have a line break in its name
 */
export function plainText(text: string): string | undefined {
  return /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}

/**
 * What a terminal obeys instead of showing it, or doesn't show at all: C0, DEL, C1, half surrogates, line and paragraph
 * separators, and signs of format, bidi controls among them. Not joiners, which letters and emoji need, and not the
 * signs before Arabic and Syriac numbers, which are seen.
 */
function replaceUnseen(text: string, by: (sign: string) => string): string {
  // Here, so that what prints nothing does not pay for it.
  const unseen =
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])\p{Cf}/gu;
  return text.replace(unseen, by);
}

/** A text of anybody in one line that a terminal shows as it is: `a\nb`, `\x1b[2J`, `\u{202e}`. */
export function visibleText(text: string): string {
  return replaceUnseen(text, escaped);
}

const SHORT: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

function escaped(sign: string): string {
  const code = sign.codePointAt(0)!;
  const hex = code.toString(16);
  return SHORT[sign] ?? (code < 0x100 ? String.raw`\x${hex.padStart(2, '0')}` : String.raw`\u{${hex}}`);
}

/** A JSON document with the same content, in which every such sign is written as JSON escapes it. */
export function visibleJson(json: string): string {
  return replaceUnseen(json, (sign) => (sign === '\n' ? sign : escapedUnits(sign)));
}

function escapedUnits(sign: string): string {
  let text = '';
  for (let at = 0; at < sign.length; at += 1)
    text += String.raw`\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
