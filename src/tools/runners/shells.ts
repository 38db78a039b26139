import type { Project } from '../project.ts';
import { type Command, joinDir, programName } from '../text/command.ts';
import { isOption } from '../text/options.ts';
import { quotedSource, type Word } from '../text/word.ts';
import { fileCopy } from './copies.ts';
import { type Runner, textStarts } from './start.ts';

export const SHELLS = ['sh', 'bash', 'zsh', 'dash', 'ash'];

/** `bash -c '...'`, `bash start.sh`. */
export const shell: Runner = (command, project) => {
  const [, ...rest] = command.words;
  const first = rest.findIndex((word) => !isOption(word));
  const options = first < 0 ? rest : rest.slice(0, first);
  const script = rest[first];
  // With -n it reads the text and runs nothing.
  if (script === undefined || options.some(({ value = '' }) => /^-[a-z]*n/.test(value))) return undefined;
  const takesText = options.some(({ value }) => value !== undefined && /^-[a-z]*c$/.test(value));
  if (takesText) {
    const source = quotedSource(script);
    return source && textStarts(source, command, project);
  }
  return script.value === undefined ? undefined : fileStarts(script, [], command, project, true);
};

/** `nix develop -c npm run dev`, `nix-shell --run "npm run dev"` */
export const nix: Runner = (command, project) => {
  const { words } = command;
  const at = words.findIndex(({ value = '' }) => ['-c', '--command', '--run'].includes(value));
  const [next] = words.slice(at + 1);
  if (at < 0 || next === undefined) return undefined;
  if (programName(words[0]?.value ?? '') === 'nix') {
    const isShell = ['develop', 'shell'].includes(words[1]?.value ?? '');
    return isShell ? [{ command: { ...command, words: words.slice(at + 1) } }] : undefined;
  }
  const source = quotedSource(next);
  return source && textStarts(source, command, project);
};

/** `./start.sh`, `bin/dev`: a file whose first line names a shell. */
export const scriptFile: Runner = (command, project) => {
  const [program] = command.words;
  const path = program?.value;
  if (program === undefined || path === undefined) return undefined;
  return fileStarts(program, undefined, command, project, /\.(sh|bash|zsh)$/.test(path));
};

const LONGEST_SCRIPT = 20_000;

/** `"$@"` is what the script was given, and what is added behind it. */
function withArguments(own: Command, given: readonly Word[], slot: Command['slot']): Command {
  const isAll = ({ text }: Word): boolean => /^"?\$(?:[@*]|\{[@*]\})"?$/.test(text);
  if (!own.words.some(isAll)) return own;
  const words = own.words.flatMap((each) => (isAll(each) ? given : [each]));
  return { ...own, words, ...(given.length > 0 && isAll(own.words.at(-1)!) && { slot }) };
}

/** A script that asks where it lies is run in its own place. */
const ASKS_ITSELF = /\$\{?0\b|\bBASH_SOURCE\b|\bZSH_|\$\{?\(%\)/;

/** @param lead what stands before a copy of it; undefined: the words of its first line */
function fileStarts(
  word: Word,
  lead: readonly string[] | undefined,
  command: Command,
  project: Project,
  isShell: boolean,
): ReturnType<Runner> {
  const file = joinDir(command.dir, word.value);
  const text = file === undefined ? undefined : project.readFile(file);
  if (file === undefined || text === undefined || text.length > LONGEST_SCRIPT) return undefined;
  const [, first = '', interpreter] = /^#!\s*((?:\S*\/env(?:\s+-S)?\s+)?(\S+).*)/.exec(text) ?? [];
  const known = interpreter === undefined ? isShell : SHELLS.includes(programName(interpreter));
  if (!known) return undefined;
  const place = { file, line: 1 };
  const words = [...(lead ?? (first === '' ? ['sh'] : first.trim().split(/\s+/))), '{file}'];
  const { source, start, end } = word;
  const copy = ASKS_ITSELF.test(text)
    ? undefined
    : fileCopy(place, text, { source, start, end, words }, project);
  const starts = textStarts(copy ?? { kind: 'file', text, place }, command, project);
  const given = command.words.slice(command.words.indexOf(word) + 1);
  return starts.map((start) => ({ ...start, command: withArguments(start.command, given, command.slot) }));
}

/** Text for a shell in one word: `cross-env-shell "PORT=1 vite"`. */
export const textArguments: Runner = (command, project) => {
  const words = command.words.slice(1).filter((word: Word) => !isOption(word) && !/^\w+=/.test(word.text));
  const source = words.length === 1 ? quotedSource(words[0]!) : undefined;
  if (words.length > 1) return [{ command: { ...command, words } }];
  return source && textStarts(source, command, project);
};
