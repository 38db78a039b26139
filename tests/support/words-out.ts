import type { SourceFile } from './source-tree.ts';

/** The words that `docs/vocabulary.md` rules out, in lower case, words of several parts with spaces between them. */
export interface WordsOut {
  readonly anywhere: readonly string[];
  readonly inNames: readonly string[];
  readonly inComments: readonly string[];
}

const TABLES = [
  ['anywhere', 'Not in code, comments or pages'],
  ['inNames', 'Not as a name'],
  ['inComments', 'Not in comments'],
] as const;

/** Reads the tables of the page, each below the sentence that says where its words are out. */
export function wordsOutOf(page: string): WordsOut {
  const below = (sentence: string): string[] => {
    const [, table = ''] = page.split(`\n${sentence}`, 2);
    const [rows = ''] = table.split('\n\n').slice(1);
    const cells = rows.split('\n').map((row) => row.split('|')[1]?.trim() ?? '');
    return cells.slice(2).flatMap((cell) => (cell === '' ? [] : cell.split(', ')));
  };
  return Object.fromEntries(TABLES.map(([name, sentence]) => [name, below(sentence)])) as unknown as WordsOut;
}

/** The words of a text: `takeUp`, `take_up`, `take-up` and "take up" are all ` take up `, with a space at each end. */
const partsOf = (text: string): string =>
  ` ${text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim()} `;

/** @returns those of `words` that are in the text, also with the s of a plural */
const among = (words: readonly string[], text: string): string[] => {
  const parts = partsOf(text);
  return words.filter((word) => parts.includes(` ${word} `) || parts.includes(` ${word}s `));
};

/** Between two names, so that no word is made of the end of one and the beginning of the next. */
const BORDER = '0';

/** The words of a page that are out. */
export const wordsInPage = (text: string, { anywhere }: WordsOut): string[] => among(anywhere, text);

/** The words of a source file that are out, by the place where they are. */
export function wordsInSource({ path, text, code }: SourceFile, out: WordsOut): string[] {
  const names = new Set([
    path.replace(/^src\//, ''),
    ...(withoutTexts(code).match(/[A-Za-z_$][\w$]*/g) ?? []),
  ]);
  const comments = text.match(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm) ?? [];
  return [
    ...among(out.anywhere, `${path} ${text}`),
    ...among(out.inNames, [...names].join(` ${BORDER} `)),
    ...among(out.inComments, comments.join(' | ').replaceAll(/\n\s*\*/g, ' ')),
  ];
}

/** Code without what stands in quotes: messages and paths are no names. */
const withoutTexts = (code: string): string =>
  code.replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g, "''");
