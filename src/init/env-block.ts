import { StyxyError } from '../base/styxy-error.ts';
import { envEntries } from '../tools/text/env-text.ts';

/** The lines of a file of variables that are ours; all others are its user's. */
const BEGIN = '# styxy: begin, written by `styxy env --write`';
const END = '# styxy: end';

interface Block {
  /** Index of its first line, and of the one behind its last. */
  from: number;
  to: number;
}

/**
 * The text with the block of these lines in it: where it was, else at the end. Without lines there is no block.
 * @param file for the error @throws StyxyError BAD_CONFIG when it can't be told where the block ends
 */
export function withBlock(text: string, lines: readonly string[], file: string): string {
  const all = text.split(/(?<=\n)/);
  const eol = all[0]?.endsWith('\r\n') ? '\r\n' : '\n';
  const block = findBlock(all, file);
  const written = (lines.length > 0 ? [BEGIN, ...lines, END] : []).map((line) => `${line}${eol}`).join('');
  if (block) return [...all.slice(0, block.from), written, ...all.slice(block.to)].join('');
  const isOpen = text !== '' && !text.endsWith('\n');
  return written === '' ? text : `${text}${isOpen ? eol : ''}${written}`;
}

/** The names that the block gives and that stand outside of it as well: readers take the one that stands last. */
export function alsoOutside(text: string, names: readonly string[], file: string): string[] {
  const all = text.split('\n');
  const { from, to } = findBlock(all, file) ?? { from: 0, to: 0 };
  const outside = [...all.slice(0, from), ...all.slice(to)].join('\n');
  const set = new Set(envEntries(outside).map(({ name }) => name));
  return names.filter((name) => set.has(name));
}

function findBlock(lines: readonly string[], file: string): Block | undefined {
  const places = (mark: string) => lines.flatMap((line, at) => (line.trimEnd().startsWith(mark) ? [at] : []));
  const [begins, ends] = [places('# styxy: begin'), places(END)];
  const [from, to] = [begins[0], ends[0]];
  if (from === undefined && to === undefined) return undefined;
  if (begins.length === 1 && ends.length === 1 && from! < to!) return { from: from!, to: to! + 1 };
  throw new StyxyError('BAD_CONFIG', `${file} is not as styxy env has written it`, {
    why: `line ${(from ?? to)! + 1}: "# styxy: begin" and "${END}" have to stand there once each, in this order`,
    hint: 'remove these lines and what is between them, and write it anew',
  });
}
