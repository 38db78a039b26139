/**
 * The names of the tests and groups in the text of a test file, as they are written there: the first text given to
 * `test`, `describe` or `it`, also behind `.each(...)`, `.skipIf(...)` and the like.
 */
export function testNames(text: string): string[] {
  const names: string[] = [];
  for (const { index, 0: word } of text.matchAll(/(?<![\w.'`])(?:describe|test|it)\b/g)) {
    const name = nameAt(text, index + word.length);
    if (name !== undefined) names.push(name);
  }
  return names;
}

function nameAt(text: string, start: number): string | undefined {
  let at = start;
  for (;;) {
    at += /^(?:\s*\.\w+)*/.exec(text.slice(at, at + 200))?.[0].length ?? 0;
    // The types of a table of cases: an arrow in them is followed by a space.
    if (text[at] === '<') at = text.indexOf('>(', at) + 1;
    if (text[at] !== '(') return undefined;
    const quote = at + (/^\(\s*/.exec(text.slice(at, at + 200))?.[0].length ?? 0);
    if (isQuote(text[quote])) return text.slice(quote + 1, endOfText(text, quote) - 1);
    at = endOfGroup(text, at);
  }
}

const isQuote = (letter: string | undefined): boolean => letter === "'" || letter === '"' || letter === '`';

/** Where a text that begins with a quote has ended. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Where a group that begins with a bracket has ended. */
function endOfGroup(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (isQuote(letter)) at = endOfText(text, at) - 1;
    else if (letter === '/' && text[at + 1] === '/') at = text.indexOf('\n', at);
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter) && (depth -= 1) === 0) return at + 1;
  }
  return text.length;
}
