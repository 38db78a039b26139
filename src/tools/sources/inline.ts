import { type Command, programName } from '../text/command.ts';
import { splitOption } from '../text/options.ts';
import { type Entry, entryPath, type Language } from './entry.ts';

const CODE: Readonly<Record<string, readonly [Language, ...options: string[]] | undefined>> = {
  node: ['js', '-e', '--eval', '-p', '--print'],
  bun: ['js', '-e', '--eval', '-p', '--print'],
  tsx: ['js', '-e', '--eval'],
  deno: ['js', 'eval'],
  python: ['python', '-c'],
  ruby: ['ruby', '-e'],
};

const SHELL = /^(ba|z|da|k)?sh$/;

/** The words by which a program would get a text as an option that it now reads from its input: `python3 - <<'EOF'`. */
export function withCode(argv: readonly string[], text: string): readonly string[] {
  const optionOf = (word: string): string | undefined =>
    SHELL.test(programName(word)) ? '-c' : CODE[interpreter(word)]?.[1];
  const start = argv.findLastIndex((word) => optionOf(word)?.startsWith('-'));
  const rest = start < 0 ? [] : argv.slice(start + 1);
  const dash = rest.indexOf('-');
  const options = dash < 0 ? rest : rest.slice(0, dash);
  const takesCode = options.every(
    (word) => /^--?[^-]/.test(word) && !/^-(s|c|e|m|p|-eval|-print)$/.test(word),
  );
  return start < 0 || !takesCode
    ? argv
    : [...argv.slice(0, start + 1), ...options, optionOf(argv[start]!)!, text];
}

/** It tries a port, and lets it go again. */
const ENDS = /\.close\s*\(|process\.exit|\bexit\s*\(|\.unref\s*\(|server_close/;
/** Any port that is free. */
const ANY_PORT =
  /\.listen\s*\(\s*(0\b|\)|\{\s*port\s*:\s*0\b|[^\d'"`{]*\))|\(\s*(['"]{2}|['"][\w.]+['"])\s*,\s*0\s*\)/;

/** The code that a command brings along: `node -e "..."`, `python -c "..."`, where it is to serve on a port of its own. */
export function inlineCode(command: Command): Entry | undefined {
  const { words, dir = '.' } = command;
  const name = interpreter(words[0]?.value ?? '');
  // Behind a file the options are those of its program.
  if (!Object.hasOwn(CODE, name) || entryPath({ ...command, dir }) !== undefined) return undefined;
  const [language, ...options] = CODE[name]!;
  const at = words.findIndex((word) => options.includes(splitOption(word).name));
  const text = at < 0 ? undefined : words[at + 1]?.value;
  if (text === undefined || ENDS.test(text) || ANY_PORT.test(text)) return undefined;
  return { language, file: '', text };
}

const interpreter = (path: string): string => programName(path).replace(/^python[\d.]*$/, 'python');
