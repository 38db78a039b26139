import { isOption, readOptions } from '../text/options.ts';
import { impliedWord } from '../text/word.ts';
import type { Runner } from './start.ts';

/** `bacon run`: its jobs of that name are `cargo run`. */
export const bacon: Runner = (command) => {
  const job = command.words.slice(1).find((word) => !isOption(word))?.value ?? '';
  if (!/^run(-long)?$/.test(job)) return undefined;
  const at = command.words.findIndex(({ value }) => value === '--');
  const rest = at < 0 ? [] : command.words.slice(at);
  return [{ command: { ...command, words: [impliedWord('cargo'), impliedWord('run'), ...rest] } }];
};

const WGO = {
  flags: ['-verbose', '-exit', '-postpone', '-stdin'],
  values: ['-file', '-xfile', '-dir', '-xdir', '-root', '-cd', '-debounce', '-poll'],
};

/** `wgo run ./cmd/server` is `go run`; another word is a program. */
export const wgo: Runner = (command) => {
  const read = readOptions(command.words, 1, WGO);
  const words = read === undefined ? [] : command.words.slice(read.next);
  if (words.length === 0) return undefined;
  const isGo = words[0]?.value === 'run';
  return [{ command: { ...command, words: isGo ? [impliedWord('go'), ...words] : words } }];
};

const FOREVER = {
  flags: ['-m', '-w', '--watch', '-s', '--silent', '-v', '--verbose', '-d', '-a', '--append', '-t'],
  values: [
    '-c',
    '-l',
    '-o',
    '-e',
    '-p',
    '--uid',
    '--pidFile',
    '--sourceDir',
    '--workingDir',
    '--watchDirectory',
  ],
};

/** `forever start server.js` */
export const forever: Runner = (command) => {
  const from = command.words[1]?.value === 'start' ? 2 : 1;
  const read = readOptions(command.words, from, FOREVER);
  const words = read === undefined ? [] : command.words.slice(read.next);
  const isFile = /\.[cm]?js$/.test(words[0]?.value ?? '');
  return isFile ? [{ command: { ...command, words: [impliedWord('node'), ...words] } }] : undefined;
};

/** `mix do ecto.migrate, phx.server`, `mix do ecto.migrate + phx.server` */
export const mix: Runner = (command) => {
  const [program, verb, ...rest] = command.words;
  if (program === undefined || verb?.value !== 'do') return undefined;
  const tasks: (typeof rest)[] = [[]];
  for (const word of rest) {
    const isLast = word.value?.endsWith(',') === true;
    if (word.value !== '+') tasks.at(-1)!.push(isLast ? { ...word, value: word.value!.slice(0, -1) } : word);
    if (isLast || word.value === '+') tasks.push([]);
  }
  return tasks
    .filter((task) => task.length > 0)
    .map((task, index, all) => ({
      command: { ...command, words: [program, ...task], ...(index < all.length - 1 && { slot: undefined }) },
    }));
};
