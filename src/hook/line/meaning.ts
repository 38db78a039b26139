import type * as Syntax from 'unbash';
import type { LineCommand, Setting } from './command.ts';

/** What a word or a variable is, as far as the line itself tells. */
export interface Meaning {
  /** All that it may be; undefined when only the shell can know. */
  values: readonly string[] | undefined;
  from: readonly LineCommand[];
}

export type Variables = ReadonlyMap<string, Meaning>;

/** Reads the commands inside of a substitution. */
export type ReadInner = (script: Syntax.ParsedScript | undefined) => readonly LineCommand[];

/** More combinations than this are as good as unknown. */
const MOST_VALUES = 16;
const UNKNOWN: Meaning = { values: undefined, from: [] };

export function initialVariables({ variables }: Setting): Variables {
  return new Map(Object.entries(variables).map(([name, value]) => [name, { values: [value], from: [] }]));
}

export function meaningOf(word: Syntax.Word, variables: Variables, inner: ReadInner): Meaning {
  const home = variables.get('HOME')?.values?.[0];
  if (/^~(\/|$)/.test(word.text)) {
    const plain = (word.parts ?? []).every(({ type }) => type === 'Literal');
    return home !== undefined && plain ? { values: [home + word.value.slice(1)], from: [] } : UNKNOWN;
  }
  if (word.text.startsWith('~')) return UNKNOWN;
  if (word.parts === undefined) return { values: [word.value], from: [] };
  const [only, ...others] = word.parts;
  if (others.length === 0 && only?.type.endsWith('Expansion') === true)
    return split(partMeaning(only, variables, inner));
  return joined(word.parts.map((part) => partMeaning(part, variables, inner)));
}

function partMeaning(part: Syntax.WordPart, variables: Variables, inner: ReadInner): Meaning {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return { values: [part.value], from: [] };
    case 'DoubleQuoted':
      return joined(part.parts.map((child) => partMeaning(child, variables, inner)));
    case 'SimpleExpansion':
      return variables.get(part.text.slice(1)) ?? UNKNOWN;
    case 'ParameterExpansion':
      return /^\$\{\w+\}$/.test(part.text) ? (variables.get(part.text.slice(2, -1)) ?? UNKNOWN) : UNKNOWN;
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      return { values: undefined, from: inner(part.script) };
    default:
      return UNKNOWN;
  }
}

function joined(parts: readonly Meaning[]): Meaning {
  const from = parts.flatMap((part) => part.from);
  let values: string[] = [''];
  for (const part of parts) {
    if (part.values === undefined || values.length * part.values.length > MOST_VALUES)
      return { values: undefined, from };
    values = values.flatMap((start) => part.values!.map((end) => start + end));
  }
  return { values, from };
}

/** Without quotes the shell makes a word of each part of a value. */
function split({ values, from }: Meaning): Meaning {
  return { values: values?.flatMap((value) => value.split(/\s+/).filter((part) => part !== '')), from };
}
