/** What a user's settings say about commands, in Claude Code's words. Rules of other tools are left out. */
export interface Rules {
  allow: readonly string[];
  ask: readonly string[];
  deny: readonly string[];
}

/** Tests a command's text. */
export type Matcher = (command: string) => boolean;

/**
 * The matcher of a rule: `Bash` and `Bash(*)` match everything, `Bash(npm run dev)` that text, `Bash(npm run:*)` and
 * `Bash(npm run *)` that and what follows after a space, `Bash(npm * dev)` anything in the place of the star.
 * @returns undefined when the rule is about another tool
 */
export function ruleMatcher(rule: string): Matcher | undefined {
  const [, tool, pattern] = /^\s*([\w*]+)\s*(?:\((.*)\))?\s*$/s.exec(rule) ?? [];
  if (tool !== 'Bash' && tool !== 'Monitor' && tool !== '*') return undefined;
  return pattern === undefined ? () => true : patternMatcher(pattern);
}

/** The same for a pattern alone, as in `sandbox.excludedCommands`. */
export function patternMatcher(pattern: string): Matcher {
  const text = pattern.trim();
  if (text === '' || text === '*' || text === ':*') return () => true;
  if (text.endsWith(':*')) {
    const prefix = text.slice(0, -2);
    return (command) => command === prefix || command.startsWith(`${prefix} `);
  }
  if (!/(?<!\\)\*/.test(text)) {
    const plain = text.replaceAll(String.raw`\*`, '*');
    return (command) => command === plain;
  }
  const regex = new RegExp(`^${globSource(text)}$`, 's');
  return (command) => regex.test(command);
}

/** A star at the end, after a space, may stand for nothing: `ls *` matches `ls`. */
function globSource(glob: string): string {
  const open = glob.endsWith(' *') ? glob.slice(0, -2) : glob;
  const source = open
    .split(/(\\\*|\*)/)
    .map((part) => (part === '*' ? '.*' : part === String.raw`\*` ? String.raw`\*` : escaped(part)))
    .join('');
  return open === glob ? source : `${source}(?: .*)?`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
