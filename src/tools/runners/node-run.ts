import { isTerminator, readOptions } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import type { ScriptCall } from './script-call.ts';

const OPTIONS = {
  flags: ['--no-warnings', '--enable-source-maps'],
  values: ['--run', '--env-file', '--env-file-if-exists'],
};

/** `node --run dev -- --host`: Node runs the script by /bin/sh, and drops every word before the `--`. */
export function readNodeRun(words: readonly Word[]): ScriptCall | undefined {
  const read = readOptions(words, 1, OPTIONS);
  const run = read?.given.findLast((option) => option.name === '--run');
  if (run === undefined) return undefined;
  const terminator = words.findIndex(isTerminator);
  const extra = terminator < 0 ? [] : words.slice(terminator + 1);
  const lead = terminator < 0 ? ['--'] : [];
  return { script: run.value, program: [], extra, dir: '.', writable: false, lead };
}
