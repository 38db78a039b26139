import { programName } from '../../tools/text/command.ts';
import { isTerminator, type Options, readOptions } from '../../tools/text/options.ts';
import { readAssignment, type Assignment } from '../../tools/text/word.ts';
import type { LineCommand, LineWord } from './command.ts';

/** A program that only starts another one, in its own process or as its only child. */
interface Prefix extends Options {
  /** Words of its own between its options and the program: the seconds of `timeout`. */
  own?: number;
  assigns?: boolean;
}

const PREFIXES: Readonly<Record<string, Prefix>> = {
  nohup: {},
  setsid: { flags: ['-c', '--ctty', '-f', '--fork', '-w', '--wait'] },
  exec: { flags: ['-c', '-l'], values: ['-a'] },
  command: { flags: ['-p'] },
  time: { flags: ['-p', '-v'], values: ['-f', '-o'] },
  nice: { values: ['-n', '--adjustment'] },
  ionice: { flags: ['-t'], values: ['-c', '-n'] },
  stdbuf: {},
  timeout: {
    flags: ['--preserve-status', '--foreground', '-v', '--verbose', '-p', '-f'],
    values: ['-s', '--signal', '-k', '--kill-after'],
    own: 1,
  },
  gtimeout: { flags: ['--preserve-status', '--foreground'], values: ['-s', '-k'], own: 1 },
  env: { values: ['-u', '--unset'], assigns: true },
  // A session in the background; with -X it only types, and with -r it shows one.
  screen: {
    flags: ['-d', '-m', '-dm', '-D', '-A', '-a', '-L', '-U', '-q'],
    values: ['-S', '-dmS', '-mS', '-dmLS', '-c', '-h', '-t', '-T', '-s', '-Logfile'],
  },
  // As on macOS, with the file in front; `-c` has a text.
  script: { flags: ['-q', '-a', '-e', '-f', '-F', '-k', '-r'], own: 1 },
  caffeinate: { flags: ['-d', '-i', '-m', '-s', '-u'] },
  unbuffer: { flags: ['-p'] },
  chronic: {},
};

/** The command that is started in the end, after `nohup`, `timeout 30`, `env A=b`; the same one if nothing stands before it. */
export function peel(command: LineCommand): LineCommand {
  const next = peelOnce(command);
  return next === undefined ? command : peel(next);
}

/** One such program less; undefined when none stands before the command. */
export function peelOnce(command: LineCommand): LineCommand | undefined {
  const { words } = command;
  const name = programName(words[0]?.value ?? '');
  if (name === 'tmux') return startedInTmux(command);
  const prefix = Object.hasOwn(PREFIXES, name) ? PREFIXES[name] : undefined;
  if (prefix === undefined) return undefined;
  const options = afterOptions(words, name, prefix);
  if (options === undefined) return undefined;
  const rest = words.slice((isTerminator(words[options]) ? options + 1 : options) + (prefix.own ?? 0));
  const set = prefix.assigns === true ? leadingAssignments(rest) : [];
  const left = rest.slice(set.length);
  if (left.length === 0) return undefined;
  return { ...command, words: left, assignments: [...command.assignments, ...set] };
}

const TMUX: Options = {
  flags: ['-d', '-A', '-D', '-P', '-E', '-h', '-v', '-b', '-a', '-k', '-Z'],
  values: ['-s', '-n', '-c', '-t', '-x', '-y', '-e', '-F', '-l'],
};

/** `tmux new -d -s dev npm run dev`: several words are a command as it stands, one is a text for a shell. */
function startedInTmux(command: LineCommand): LineCommand | undefined {
  const { words } = command;
  if (!/^(new|new-session|neww|new-window|splitw|split-window)$/.test(words[1]?.value ?? ''))
    return undefined;
  const options = readOptions(words, 2, TMUX);
  const left = options === undefined ? [] : words.slice(options.next);
  return left.length > 1 ? { ...command, words: isTerminator(left[0]) ? left.slice(1) : left } : undefined;
}

/** Index of the first word that is no option; undefined when one is not known. */
function afterOptions(words: readonly LineWord[], name: string, prefix: Prefix): number | undefined {
  // Their options have their values attached, whatever they are: -oL, -10.
  const attached = { stdbuf: /^-[ioe][L\d]/, nice: /^-\d/, ionice: /^-[cn]\d/ }[name];
  let from = 1;
  while (attached?.test(words[from]?.value ?? '') === true) from += 1;
  return readOptions(words, from, prefix)?.next;
}

function leadingAssignments(words: readonly LineWord[]): Assignment[] {
  const end = words.findIndex((word) => readAssignment(word) === undefined);
  return words.slice(0, end < 0 ? words.length : end).flatMap((word) => readAssignment(word) ?? []);
}
