/** Longer commands are not repeated: the end of the advice would not be found. */
const LONGEST = 200;

/** How the port could reach a program that listens elsewhere: a line that works when it is typed. */
export function portAdvice(command: readonly string[]): string {
  if (command.some((word) => word.includes('{port}'))) return 'does it get the {port} of its command?';
  const words = command.map(shellWord);
  // npm takes what stands in front of -- for its own options.
  if (command[0] === 'npm' && !command.includes('--')) words.push('--');
  const typed = words.join(' ');
  const shown = typed.length > LONGEST ? '<command>' : typed;
  return `give it the port with {port}, e.g. styxy run -- ${shown} --port {port}`;
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
