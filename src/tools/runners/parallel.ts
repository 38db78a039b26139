import type { Project } from '../project.ts';
import type { Command } from '../text/command.ts';
import { isOption, readOptions, splitOption } from '../text/options.ts';
import { quotedSource, type Word } from '../text/word.ts';
import { matches, readPackage } from './package-file.ts';
import { followCall } from './package-scripts.ts';
import { type Runner, type Start, textStarts } from './start.ts';

const CONCURRENTLY = {
  flags: [
    '-k',
    '--kill-others',
    '--kill-others-on-fail',
    '-r',
    '--raw',
    '--no-color',
    '-g',
    '--group',
    '--timings',
    '-i',
    '--handle-input',
    '-P',
    '--passthrough-arguments',
    '--pad-prefix',
  ],
  values: [
    '-n',
    '--names',
    '--name-separator',
    '-c',
    '--prefix-colors',
    '-p',
    '--prefix',
    '-l',
    '--prefix-length',
    '-t',
    '--timestamp-format',
    '-m',
    '--max-processes',
    '-s',
    '--success',
    '--restart-tries',
    '--restart-after',
    '--hide',
    '--default-input-target',
    '--kill-signal',
    '--ks',
    '--teardown',
    '--shell',
  ],
};

/** `concurrently -n web,api "vite" "npm:api:*"`: each argument is a command line. */
export const concurrently: Runner = (command, project) => {
  const { texts, names } = concurrentTexts(command.words);
  if (texts.length === 0) return undefined;
  return texts.flatMap((word, index) => lineStarts(word, names[index], command, project));
};

function concurrentTexts(words: readonly Word[]): { texts: Word[]; names: string[] } {
  const texts: Word[] = [];
  let names: string[] = [];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    if (word.value === '--') break;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) texts.push(word);
    else if (CONCURRENTLY.values.includes(name)) {
      if (name === '-n' || name === '--names')
        names = (attached ? word.value?.slice(name.length + 1) : words[at + 1]?.value)?.split(',') ?? [];
      if (!attached) at += 1;
    } else if (!CONCURRENTLY.flags.includes(name) && !attached) return { texts: [], names: [] };
  }
  return { texts, names };
}

function lineStarts(word: Word, name: string | undefined, command: Command, project: Project): Start[] {
  const [, manager, pattern] = /^(npm|pnpm|yarn|bun|node):(\S+)$/.exec(word.value ?? '') ?? [];
  if (manager !== undefined && pattern !== undefined)
    return scriptsNamed(pattern, manager !== 'bun' && manager !== 'node', command, project);
  const source = quotedSource(word);
  const step =
    name === undefined || name === '' ? undefined : ({ name, kind: 'process', place: undefined } as const);
  return source === undefined ? [] : textStarts(source, command, project, step);
}

const RUN_ALL = {
  flags: [
    '-p',
    '--parallel',
    '-s',
    '--sequential',
    '--serial',
    '-l',
    '--print-label',
    '-c',
    '--continue-on-error',
    '-n',
    '--print-name',
    '--silent',
    '-r',
    '--race',
    '--aggregate-output',
    '-pl',
    '-cl',
    '-ln',
    '-ns',
  ],
  values: ['--max-parallel', '--npm-path', '--jobs'],
};

/** `run-p build:* "dev -- --port 3000"`, `npm-run-all --parallel watch serve`: names of package scripts, with wildcards. */
export const runAll: Runner = (command, project) => {
  const patterns: Word[] = [];
  for (let at = 1; at < command.words.length;) {
    const read = readOptions(command.words, at, RUN_ALL);
    if (read === undefined) return undefined;
    const word = command.words[read.next];
    if (word === undefined || word.value === '--') break;
    patterns.push(word);
    at = read.next + 1;
  }
  const starts = patterns.flatMap(({ value, text }) => {
    // Without quotes, and without files of such names, the shell leaves a pattern as it is.
    const pattern = value ?? (/^[\w:.*-]+$/.test(text) ? text : undefined);
    return pattern === undefined
      ? []
      : scriptsNamed(pattern.trim().split(/\s+/)[0] ?? '', true, command, project);
  });
  return patterns.length === 0 ? undefined : starts;
};

/** The scripts of the package whose names fit; in a pattern, `*` stands for anything but a colon. */
function scriptsNamed(pattern: string, writable: boolean, command: Command, project: Project): Start[] {
  const { dir } = command;
  const scripts = dir === undefined ? undefined : readPackage(project, dir)?.scripts;
  const names = Object.keys(scripts ?? {}).filter((name) => fits(pattern, name));
  return names.flatMap((script) => {
    const call = { script, program: [], extra: [], dir: '.', writable, lead: [] };
    return followCall(call, { ...command, slot: undefined }, project) ?? [];
  });
}

function fits(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split(':');
  const own = name.split(':');
  if (parts.at(-1) === '**')
    return (
      own.length >= parts.length && parts.slice(0, -1).every((part, index) => matches(part, own[index] ?? ''))
    );
  return parts.length === own.length && parts.every((part, index) => matches(part, own[index] ?? ''));
}

/** `start-server-and-test dev http://localhost:3000 e2e`: scripts by name or command lines; the second word is an address. */
export const startServerAndTest: Runner = (command, project) => {
  const words = command.words.slice(1).filter((word) => !isOption(word));
  const [first] = words;
  if (first?.value === undefined) return undefined;
  const scripts = scriptsNamed(first.value, true, command, project);
  if (scripts.length > 0) return scripts;
  const isLine = /\s/.test(first.value) && quotedSource(first);
  if (isLine) return textStarts(isLine, command, project);
  return scriptsNamed('start', true, command, project);
};
