/** A plain command is started directly; one that needs a shell gets it. */
export function wordsOf(command: string | readonly string[]): string[] {
  if (typeof command !== 'string') return [...command];
  if (/^[\w@%+=:,./{} -]+$/.test(command)) return command.trim().split(/ +/);
  return process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', command] : ['sh', '-c', command];
}
