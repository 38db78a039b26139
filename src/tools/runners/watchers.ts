import type { Command } from '../text/command.ts';
import { asObject, asText, readJson } from '../project.ts';
import { isOption, readOptions, splitOption } from '../text/options.ts';
import { impliedWord, quotedSource, type Word } from '../text/word.ts';
import { familyOf } from '../families.ts';
import { readPackage } from './package-file.ts';
import { type Runner, textStarts } from './start.ts';
import { fileIn } from '../text/command.ts';

const NODEMON_FLAGS = [
  '-q',
  '--quiet',
  '-V',
  '--verbose',
  '-L',
  '--legacy-watch',
  '-I',
  '--no-stdin',
  '-C',
  '--on-change-only',
  '-d',
  '--inspect',
  '--trace-deprecation',
  '--colours',
  '--no-colours',
];
const NODEMON_VALUES = [
  '-w',
  '--watch',
  '-e',
  '--ext',
  '-i',
  '--ignore',
  '--config',
  '--delay',
  '-d',
  '--signal',
  '-s',
  '-r',
  '--require',
  '--cwd',
  '--env-file',
];

/** `nodemon server.js`, `nodemon --exec "tsx src/main.ts"`: the file is run by node, unless --exec says otherwise. */
export const nodemon: Runner = (command, project) => {
  const read = readWatcher(command.words, ['-x', '--exec']);
  if (read === undefined) return undefined;
  const dir = command.dir ?? '.';
  if (read.exec) return execStarts(read.exec, read.rest, command, project);
  const config =
    readJson(project, fileIn(dir, 'nodemon.json')) ??
    asObject(readPackage(project, dir)?.content.nodemonConfig);
  const exec = asText(config?.exec);
  if (exec !== undefined) {
    const file = fileIn(
      dir,
      project.readFile(fileIn(dir, 'nodemon.json')) === undefined ? 'package.json' : 'nodemon.json',
    );
    const text = [exec, ...read.rest.map(({ text }) => text)].join(' ');
    return textStarts({ kind: 'file', text, place: { file, line: undefined } }, command, project);
  }
  const runtime = impliedWord(read.rest[0]?.value?.endsWith('.ts') ? 'ts-node' : 'node');
  return [
    { command: { ...command, words: [runtime, ...(read.rest.length > 0 ? read.rest : [impliedWord('.')])] } },
  ];
};

function execStarts(exec: Word, rest: readonly Word[], command: Command, project: Parameters<Runner>[1]) {
  const source = quotedSource(exec);
  if (source === undefined) return undefined;
  const starts = textStarts(source, command, project);
  // The file and its arguments follow the text of --exec.
  return starts.map((start, index) =>
    index < starts.length - 1
      ? start
      : { ...start, command: { ...start.command, words: [...start.command.words, ...rest] } },
  );
}

function readWatcher(
  words: readonly Word[],
  execNames: readonly string[],
): { exec?: Word; rest: Word[] } | undefined {
  let exec: Word | undefined;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    if (word.value === '--') return { ...(exec && { exec }), rest: words.slice(at + 1) };
    if (!isOption(word)) return { ...(exec && { exec }), rest: words.slice(at) };
    const { name, attached } = splitOption(word);
    if (execNames.includes(name) && !attached) exec = words[(at += 1)];
    else if (
      NODEMON_VALUES.includes(name) &&
      !attached &&
      !(NODEMON_FLAGS.includes(name) && isOption(words[at + 1] ?? word))
    )
      at += 1;
  }
  return { ...(exec && { exec }), rest: [] };
}

const WATCHEXEC = {
  flags: ['-r', '--restart', '-c', '-n', '--no-vcs-ignore', '-q'],
  values: ['-e', '--exts', '-w', '--watch', '-i', '--ignore', '-s', '--signal', '-f'],
};

/** `watchexec -r -e py -- uvicorn app:app` */
export const watchexec: Runner = (command) => {
  const read = readOptions(command.words, 1, WATCHEXEC);
  if (read === undefined) return undefined;
  const at = command.words[read.next]?.value === '--' ? read.next + 1 : read.next;
  const words = command.words.slice(at);
  return words.length === 0 ? undefined : [{ command: { ...command, words } }];
};

const CARGO_WATCH = {
  flags: ['-q', '--quiet', '-c', '--clear', '--why', '--postpone', '--poll', '-N', '--notify', '-B'],
  values: [
    '-w',
    '--watch',
    '-i',
    '--ignore',
    '-d',
    '--delay',
    '-C',
    '--workdir',
    '--features',
    '-E',
    '--env',
    '-L',
    '-x',
    '--exec',
    '-s',
    '--shell',
  ],
};

/** `cargo watch -x run`, `cargo leptos watch`: a subcommand that is a program of its own. */
export const cargo: Runner = (command, project) => {
  const at = command.words.findIndex(({ text }, index) => index > 0 && !/^[-+]/.test(text));
  const name = `cargo-${command.words[at]?.value}`;
  const rest = command.words.slice(at + 1);
  if (name === 'cargo-watch') return cargoWatch(rest, command, project);
  if (at < 0 || familyOf(name) === undefined) return undefined;
  return [{ command: { ...command, words: [impliedWord(name), ...rest] } }];
};

function cargoWatch(
  words: readonly Word[],
  command: Command,
  project: Parameters<Runner>[1],
): ReturnType<Runner> {
  const read = readOptions(words, 0, CARGO_WATCH);
  if (read === undefined) return undefined;
  const at = words.findLastIndex(
    ({ value = '' }, index) => index < read.next && /^(-x|--exec|-s|--shell)$/.test(value),
  );
  const isShell = /^(-s|--shell)$/.test(words[at]?.value ?? '');
  const text = at < 0 ? undefined : words[at + 1];
  const source = text && quotedSource(text);
  if (source)
    return textStarts(source, command, project).map((start) =>
      isShell
        ? start
        : { ...start, command: { ...start.command, words: [impliedWord('cargo'), ...start.command.words] } },
    );
  const behind = words[read.next]?.value === '--' ? words.slice(read.next + 1) : [];
  return behind.length === 0 ? undefined : [{ command: { ...command, words: behind } }];
}
