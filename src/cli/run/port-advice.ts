/** Longer commands are not repeated: the end of the advice would not be found. */
const LONGEST = 200;

/** How the port could reach a program that listens elsewhere: a line that works when it is typed. */
export function portAdvice(command: readonly string[]): string {
  if (command.some((word) => word.includes('{port}'))) return 'does it get the {port} of its command?';
  if (isText(command)) return 'let its code read PORT, or write {port} where it says the number';
  // npm takes what stands in front of -- for its own options.
  const words = command[0] === 'npm' && !command.includes('--') ? [...command, '--'] : command;
  return `give it the port with {port}, e.g. styxy run -- ${typedCommand(words)} --port {port}`;
}

/** The command as it is typed in a shell. */
export function typedCommand(command: readonly string[]): string {
  const typed = command.map(shellWord).join(' ');
  return typed.length > LONGEST ? '<command>' : typed;
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** `node -e '...'`, `sh -c '...'`: nothing behind the text is an option of a server. */
function isText([program = '', ...args]: readonly string[]): boolean {
  const isInterpreter = /(^|[\\/])(node|bun|python[\d.]*|ruby|perl|php|sh|bash|zsh|dash)$/.test(program);
  return isInterpreter && args.some((word) => /^(-[a-z]*[ecpr]|--eval|--print)$/.test(word));
}
