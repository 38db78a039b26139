/** A variable that a .env file sets. */
export interface EnvEntry {
  name: string;
  /** Without its quotes, and without the comment behind it. */
  value: string;
  /** From 1. */
  line: number;
}

/** The variables that the text of a .env file sets, in its order. */
export function envEntries(text: string): EnvEntry[] {
  return text.split(/\r?\n/).flatMap((each, at): EnvEntry[] => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(each) ?? [];
    return name === undefined ? [] : [{ name, value: valueOf(value), line: at + 1 }];
  });
}

const valueOf = (text: string): string =>
  /^(["'])(.*)\1(?:\s+#.*)?$/.exec(text)?.[2] ?? text.replace(/(?:^|\s+)#.*$/, '');
