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
