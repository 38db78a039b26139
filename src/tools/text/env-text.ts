/** A variable that a .env file sets. */
export interface EnvEntry {
  name: string;
  /** Without its quotes, and without the comment behind it. */
  value: string;
  /** From 1. */
  line: number;
  /** Offsets of `NAME=value` in the text. */
  start: number;
  end: number;
}

/** The variables that the text of a .env file sets, in its order. */
export function envEntries(text: string): EnvEntry[] {
  let offset = 0;
  return text.split('\n').flatMap((each, at): EnvEntry[] => {
    const from = offset;
    offset += each.length + 1;
    const [, lead = '', name, value = ''] =
      /^(\s*(?:export\s+)?)([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(each) ?? [];
    if (name === undefined) return [];
    const written = withoutComment(value);
    const end = from + each.trimEnd().length - (value.length - written.length);
    return [{ name, value: unquoted(written), line: at + 1, start: from + lead.length, end }];
  });
}

const withoutComment = (text: string): string =>
  /^((["']).*\2)(?:\s+#.*)?$/.exec(text)?.[1] ?? text.replace(/(?:^|\s+)#.*$/, '');

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
