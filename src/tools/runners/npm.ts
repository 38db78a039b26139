import { joinDir } from '../text/command.ts';
import { beforeTerminator, isOption, optionValue, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import type { ScriptCall, Selection } from './script-call.ts';

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
const FOLDERS = ['--prefix', '-C'];
const WORKSPACE = ['-w', '--workspace'];
const WORKSPACES = ['-ws', '--workspaces'];
const VALUES = [
  ...FOLDERS,
  ...WORKSPACE,
  '--loglevel',
  '--registry',
  '--cache',
  '--userconfig',
  '--globalconfig',
  '-p',
  '--package',
];
/** With one of these npm does something other than run one script by the shell of our choice: it says how it is used, even behind `run dev`. */
const BEYOND = ['--script-shell', '-c', '--call', '--help', '-h', '-H', '-?', '--usage', '--version', '-v'];

/**
 * npm takes every option before the first `--` for itself, wherever it stands, and passes the other words on:
 * `npm run dev --port 4000` runs the script with a lone 4000.
 */
export function readNpm(words: readonly Word[]): ScriptCall | undefined {
  const own = beforeTerminator(words);
  const passed = words.slice(own.length + 1);
  const read = readOwn(own.slice(1));
  if (read === undefined) return undefined;
  const [verb, ...plain] = read.plain;
  const name = verb?.value ?? '';
  const lead = own.length < words.length ? [] : ['--'];
  const call = { dir: read.dir, writable: true, lead, ...(read.packages && { packages: read.packages }) };
  if (EXEC.includes(name)) return { ...call, script: undefined, program: [...plain, ...passed], extra: [] };
  if (Object.hasOwn(SHORTCUTS, name)) {
    return { ...call, script: SHORTCUTS[name], program: [], extra: [...plain, ...passed] };
  }
  const [script, ...extra] = plain;
  if (!RUN.includes(name) || script === undefined) return undefined;
  return { ...call, script: script.value, program: [], extra: [...extra, ...passed] };
}

interface Own {
  plain: Word[];
  dir: string | undefined;
  packages: Selection | undefined;
}

function readOwn(words: readonly Word[]): Own | undefined {
  const plain: Word[] = [];
  const filters: (string | undefined)[] = [];
  let dir: string | undefined = '.';
  let all = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) plain.push(word);
    else if (BEYOND.includes(name)) return undefined;
    else if (FOLDERS.includes(name)) dir = joinDir(dir, optionValue(words, at));
    else if (WORKSPACE.includes(name)) filters.push(optionValue(words, at));
    else if (WORKSPACES.includes(name)) all = true;
    if (VALUES.includes(name) && !attached) at += 1;
  }
  return { plain, dir, packages: all || filters.length > 0 ? { filters } : undefined };
}
