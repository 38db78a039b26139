import { textHash } from '../base/text-hash.ts';

/** What a worktree's host names are made from. */
export interface HostParts {
  /** The project's name, as people call it. */
  readonly project: string;
  /** Of a linked worktree; undefined: the main checkout. */
  readonly branch?: string | undefined;
}

const LONGEST_LABEL = 63;
const LONGEST_PROJECT = 30;
const HASH_LENGTH = 6;

/** Letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
  þ: 'th',
};

/**
 * One label of a host name (RFC 1123): letters, digits and single hyphens between them. A text that loses letters, or is
 * cut, gets a hash, so that it stays another than those it looks like then.
 */
export function hostLabel(text: string, longest: number = LONGEST_LABEL): string {
  const plain = text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[æðđıłøœßþ]/g, (letter) => LETTERS[letter] ?? '');
  const label = withoutEdges(plain.replaceAll(/[^a-z0-9]+/g, '-'));
  const isWhole = label !== '' && !/[^\p{ASCII}\P{L}]|[^\p{ASCII}\P{N}]/u.test(plain);
  return isWhole && label.length <= longest ? label : hashedLabel(label, text, longest);
}

/** The label with the hash of a text behind it. */
export function hashedLabel(label: string, text: string, longest: number = LONGEST_LABEL): string {
  const hash = textHash(text).slice(-HASH_LENGTH);
  const kept = withoutEdges(label.slice(0, longest - HASH_LENGTH - 1));
  return kept === '' ? `x${hash}` : `${kept}-${hash}`;
}

/**
 * The label that all services of a worktree have in common: `shop`, and `shop--feat-x` of a linked worktree. Only there
 * two hyphens follow each other, so no worktree's label is another project's.
 */
export function domainLabel({ project, branch }: HostParts): string {
  if (branch === undefined) return hostLabel(project);
  const first = hostLabel(project, LONGEST_PROJECT);
  // Labels with hyphens in the third and fourth place are reserved: `xn--` begins Punycode (RFC 5891, 4.2.3.1).
  const prefix = `${first.length === 2 ? `${first}-app` : first}--`;
  return `${prefix}${hostLabel(branch, LONGEST_LABEL - prefix.length)}`;
}

const withoutEdges = (label: string): string => label.replaceAll(/^-+|-+$/g, '');
