import { joinDir } from '../command.ts';
import { beforeTerminator, isOption, optionValue, splitOption } from '../options.ts';
import type { Word } from '../word.ts';
import type { Call } from './call.ts';

const RUN = ['run', 'run-script', 'rum', 'urn'];
const EXEC = ['exec', 'x'];
/** The only scripts npm runs without `run`, with their short names. */
const SHORTCUTS: Readonly<Record<string, string>> = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  test: 'test',
  tst: 'test',
  t: 'test',
};
const FOLDERS = ['--prefix', '-C', '-w', '--workspace'];
const VALUES = [
  ...FOLDERS,
  '--loglevel',
  '--registry',
  '--cache',
  '--userconfig',
  '--globalconfig',
  '-p',
  '--package',
];
/** With one of these npm does something other than run one script by the shell of our choice. */
const BEYOND = ['-ws', '--workspaces', '--include-workspace-root', '--script-shell', '-c', '--call'];

/**
 * npm takes every option before the first `--` for itself, wherever it stands, and passes the other words on:
 * `npm run dev --port 4000` runs the script with a lone 4000.
 */
export function readNpm(words: readonly Word[]): Call | undefined {
  const own = beforeTerminator(words);
  const passed = words.slice(own.length + 1);
  const read = readOwn(own.slice(1));
  if (read === undefined) return undefined;
  const [verb, ...plain] = read.plain;
  const name = verb?.value ?? '';
  const call = { dir: read.dir, writable: true, lead: own.length < words.length ? [] : ['--'] };
  if (EXEC.includes(name)) return { ...call, script: undefined, program: [...plain, ...passed], extra: [] };
  if (Object.hasOwn(SHORTCUTS, name)) {
    return { ...call, script: SHORTCUTS[name], program: [], extra: [...plain, ...passed] };
  }
  const [script, ...extra] = plain;
  if (!RUN.includes(name) || script === undefined) return undefined;
  return { ...call, script: script.value, program: [], extra: [...extra, ...passed] };
}

function readOwn(words: readonly Word[]): { plain: Word[]; dir: string | undefined } | undefined {
  const plain: Word[] = [];
  let dir: string | undefined = '.';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) plain.push(word);
    else if (BEYOND.includes(name)) return undefined;
    else if (FOLDERS.includes(name)) dir = joinDir(dir, optionValue(words, at));
    if (VALUES.includes(name) && !attached) at += 1;
  }
  return { plain, dir };
}
