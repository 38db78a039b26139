/** Longer commands are not repeated: the end of the advice would not be found. */
const LONGEST = 200;

/**
 * How the port could reach a program that listens elsewhere: a line that works when it is typed.
 * @param program the words that start it, where the command is not the program itself
 */
export function portAdvice(command: readonly string[], program: readonly string[] = command): string {
  if (command.some((word) => word.includes('{port}'))) return 'does it get the {port} of its command?';
  if (isText(program)) return 'let its code read PORT, or write {port} where it says the number';
  // Which options code of one's own has, if any, only its author knows.
  if (isFile(program))
    return 'let its code read PORT; or, if it has an option for the port, give it {port} there';
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
  return isInterpreter(program) && args.some((word) => /^(-[a-z]*[ecpr]|--eval|--print)$/.test(word));
}

/** `node server.js`, `python app.py`; not `python -m http.server`. */
function isFile([program = '', ...args]: readonly string[]): boolean {
  return isInterpreter(program) && args.find((word) => !word.startsWith('--'))?.startsWith('-') === false;
}

const isInterpreter = (program: string): boolean =>
  /(^|[\\/])(node|bun|python[\d.]*|ruby|perl|php|sh|bash|zsh|dash)$/.test(program);
