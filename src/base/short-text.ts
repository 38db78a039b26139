/** A path as people write it. @param home the user's home folder */
export function tildePath(path: string, home: string): string {
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** The end of a command tells more than the folder of its program, or of the script that an interpreter runs. */
export function withoutFolders(command: string): string {
  return command
    .replace(/^\S*\/(?=[^/\s]+(\s|$))/, '')
    .replace(/^((?:node|bun|deno|python\S*|ruby|php|perl|sh|bash) )\/\S*\/(?=[^/\s]+(\s|$))/, '$1');
}

/** "a", "a and b", "a, b and c". */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
