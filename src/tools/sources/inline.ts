import { type Command, programName } from '../text/command.ts';
import { splitOption } from '../text/options.ts';
import { type Entry, entryPath, type Language } from './entry.ts';

const CODE: Readonly<Record<string, readonly [Language, ...options: string[]]>> = {
  node: ['js', '-e', '--eval', '-p', '--print'],
  bun: ['js', '-e', '--eval', '-p', '--print'],
  tsx: ['js', '-e', '--eval'],
  deno: ['js', 'eval'],
  python: ['python', '-c'],
  ruby: ['ruby', '-e'],
};

/** It tries a port, and lets it go again. */
const ENDS = /\.close\s*\(|process\.exit|\bexit\s*\(|\.unref\s*\(|server_close/;
/** Any port that is free. */
const ANY_PORT =
  /\.listen\s*\(\s*(0\b|\)|\{\s*port\s*:\s*0\b|[^\d'"`{]*\))|\(\s*(['"]{2}|['"][\w.]+['"])\s*,\s*0\s*\)/;

/** The code that a command brings along: `node -e "..."`, `python -c "..."`, where it is to serve on a port of its own. */
export function inlineCode(command: Command): Entry | undefined {
  const { words, dir = '.' } = command;
  const name = programName(words[0]?.value ?? '').replace(/^python[\d.]*$/, 'python');
  // Behind a file the options are those of its program.
  if (!Object.hasOwn(CODE, name) || entryPath({ ...command, dir }) !== undefined) return undefined;
  const [language, ...options] = CODE[name]!;
  const at = words.findIndex((word) => options.includes(splitOption(word).name));
  const text = at < 0 ? undefined : words[at + 1]?.value;
  if (text === undefined || ENDS.test(text) || ANY_PORT.test(text)) return undefined;
  return { language, file: '', text };
}
