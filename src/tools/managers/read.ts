import { joinDir, programName } from '../command.ts';
import { beforeTerminator, isOption, isTerminator, type OptionsRead, readOptions } from '../options.ts';
import type { Word } from '../word.ts';
import type { Call } from './call.ts';
import { readNodeRun } from './node-run.ts';
import { readNpm } from './npm.ts';
import { type Manager, MANAGERS } from './table.ts';

const RUN = ['run', 'run-script'];
const EXEC_OPTIONS = {
  flags: ['--bun', '-b', '-q', '--quiet', '-s', '--silent'],
  values: ['-p', '--package'],
};

/** undefined when this is no package manager, or not one that is asked to start something we can follow. */
export function readManager(words: readonly Word[]): Call | undefined {
  const program = programName(words[0]?.value ?? '');
  if (program === 'npm') return readNpm(words);
  if (program === 'node') return readNodeRun(words);
  const manager = Object.hasOwn(MANAGERS, program) ? MANAGERS[program] : undefined;
  return manager && readCall(manager, words);
}

function readCall(manager: Manager, words: readonly Word[]): Call | undefined {
  const read = readOptions(words, 1, manager.options);
  const verb = read && words[read.next];
  if (read === undefined || verb?.value === undefined) return undefined;
  const dir = workingFolder(manager, read);
  const rest = words.slice(read.next + 1);
  if (manager.exec.includes(verb.value)) return readExec(manager, verb.value, rest, dir);
  if (RUN.includes(verb.value)) return readRun(manager, rest, dir);
  if (manager.commands.includes(verb.value)) return undefined;
  return scriptCall(manager, verb, rest, dir, true);
}

function readRun(manager: Manager, words: readonly Word[], outer: string | undefined): Call | undefined {
  const read = readOptions(words, 0, manager.options);
  const script = read && words[read.next];
  if (read === undefined || script === undefined) return undefined;
  const dir = joinDir(outer, workingFolder(manager, read));
  return scriptCall(manager, script, words.slice(read.next + 1), dir, manager.runsPrograms);
}

function scriptCall(
  manager: Manager,
  script: Word,
  rest: readonly Word[],
  dir: string | undefined,
  orProgram: boolean,
): Call {
  const extra = manager.passes(rest);
  const program = orProgram ? [script, ...extra] : [];
  return { script: script.value, program, extra, dir, writable: manager.writable, lead: [] };
}

function readExec(
  manager: Manager,
  verb: string,
  rest: readonly Word[],
  dir: string | undefined,
): Call | undefined {
  const base = { script: undefined, extra: [], dir, writable: manager.writable };
  const read = readOptions(rest, 0, EXEC_OPTIONS);
  if (read === undefined) return undefined;
  const words = rest.slice(read.next);
  if (isTerminator(words[0])) return { ...base, program: words.slice(1), lead: [] };
  if (!manager.execKeepsOptions || verb !== 'exec') return { ...base, program: words, lead: [] };
  const own = beforeTerminator(words);
  if (own.some(isOption)) return undefined;
  const lead = own.length < words.length ? [] : ['--'];
  return { ...base, program: [...own, ...words.slice(own.length + 1)], lead };
}

function workingFolder(manager: Manager, read: OptionsRead): string | undefined {
  const folders = read.given.filter((option) => manager.folders.includes(option.name));
  return folders.reduce<string | undefined>((dir, folder) => joinDir(dir, folder.value), '.');
}
