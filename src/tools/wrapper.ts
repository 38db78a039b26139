import { baseName } from './text/command.ts';
import type { Word } from './text/word.ts';

const RUNNERS = /^(npx|pnpx|bunx|pnpm|yarn|bun|npm|corepack)$/;

/** `styxy run -- ...`, `npx styxy run ...`, a path to it, the launcher in a project (`node styxy.cjs run -- ...`). */
export function isWrapper(words: readonly Pick<Word, 'value'>[]): boolean {
  const [first = '', ...others] = words.map(({ value }) => baseName(value ?? '').replace(/\.[cm]?js$/, ''));
  if (first === 'styxy') return true;
  if (first === 'node') return others[0] === 'styxy';
  if (!RUNNERS.test(first)) return false;
  const program = others.find((word) => !word.startsWith('-') && !/^(exec|x|dlx|run)$/.test(word));
  return program !== undefined && /^styxy(@.*)?$/.test(program);
}

/** `STYXY=0` stands before it: the user wants none of this. */
export function isBypassed({
  assignments,
}: {
  readonly assignments: readonly { readonly name: string; readonly value?: string | undefined }[];
}): boolean {
  return assignments.findLast(({ name }) => name === 'STYXY')?.value === '0';
}
