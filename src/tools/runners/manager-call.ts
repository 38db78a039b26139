import { joinDir, programName } from '../text/command.ts';
import { beforeTerminator, isOption, isTerminator, type OptionsRead, readOptions } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import type { ScriptCall, Selection } from './script-call.ts';
import { readNodeRun } from './node-run.ts';
import { readNpm } from './npm.ts';
import { type Manager, MANAGERS } from './managers.ts';

const RUN = ['run', 'run-script'];
const EXEC_OPTIONS = {
  flags: ['--bun', '-b', '-q', '--quiet', '-s', '--silent'],
  values: ['-p', '--package'],
};

/** undefined when this is no package manager, or not one that is asked to start something we can follow. */
export function readManager(words: readonly Word[]): ScriptCall | undefined {
  const program = programName(words[0]?.value ?? '');
  if (program === 'npm') return readNpm(words);
  if (program === 'node') return readNodeRun(words);
  if (program === 'yarn') return readYarnWorkspaces(words) ?? readCall(MANAGERS.yarn!, words);
  const manager = Object.hasOwn(MANAGERS, program) ? MANAGERS[program] : undefined;
  return manager && readCall(manager, words);
}

function readCall(manager: Manager, words: readonly Word[]): ScriptCall | undefined {
  const read = readOptions(words, 1, manager.options);
  const verb = read && words[read.next];
  if (read === undefined || verb?.value === undefined) return undefined;
  const where = whereOf(manager, words.slice(0, read.next), read);
  const rest = words.slice(read.next + 1);
  if (manager.exec.includes(verb.value)) return readExec(manager, verb.value, rest, where);
  if (RUN.includes(verb.value)) return readRun(manager, rest, where);
  if (manager.commands.includes(verb.value)) return undefined;
  return scriptCall(manager, verb, rest, where, true);
}

/** The folder, and the packages of its workspace. */
interface Where {
  dir: string | undefined;
  packages?: Selection;
}

function whereOf(manager: Manager, words: readonly Word[], read: OptionsRead): Where {
  const filters = read.given.filter(({ name }) => manager.filters.includes(name)).map(({ value }) => value);
  const all = words.some(({ value }) => value !== undefined && manager.all.includes(value));
  return {
    dir: workingFolder(manager, read),
    ...((all || filters.length > 0) && { packages: { filters, ...(all && { isRecursive: true }) } }),
  };
}

function readRun(manager: Manager, words: readonly Word[], outer: Where): ScriptCall | undefined {
  const read = readOptions(words, 0, manager.options);
  const script = read && words[read.next];
  if (read === undefined || script === undefined) return undefined;
  const inner = whereOf(manager, words.slice(0, read.next), read);
  const where = { ...outer, ...inner, dir: joinDir(outer.dir, inner.dir) };
  return scriptCall(manager, script, words.slice(read.next + 1), where, manager.runsPrograms);
}

function scriptCall(
  manager: Manager,
  script: Word,
  rest: readonly Word[],
  where: Where,
  orProgram: boolean,
): ScriptCall {
  const extra = manager.passes(rest);
  const program = orProgram ? [script, ...extra] : [];
  return { ...where, script: script.value, program, extra, writable: manager.writable, lead: [] };
}

function readExec(
  manager: Manager,
  verb: string,
  rest: readonly Word[],
  where: Where,
): ScriptCall | undefined {
  const base = { ...where, script: undefined, extra: [], writable: manager.writable };
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

const FOREACH = {
  flags: [
    '-A',
    '--all',
    '-p',
    '--parallel',
    '-i',
    '--interlaced',
    '-v',
    '--verbose',
    '-t',
    '--topological',
    '--topological-dev',
    '-R',
    '--recursive',
    '-W',
    '--worktree',
    '--no-private',
  ],
  values: ['--include', '--from', '--exclude', '-j', '--jobs'],
};

/** `yarn workspace site dev`, `yarn workspaces run dev`, `yarn workspaces foreach --all run dev`. */
function readYarnWorkspaces(words: readonly Word[]): ScriptCall | undefined {
  const yarn = MANAGERS.yarn!;
  const read = readOptions(words, 1, yarn.options);
  const rest = read === undefined ? [] : words.slice(read.next);
  const dir = read && workingFolder(yarn, read);
  const [verb, second] = rest;
  if (verb?.value === 'workspace' && second) {
    const where = { dir, packages: { filters: [second.value] } };
    return withWhere(readCall(yarn, [verb, ...rest.slice(2)]), where);
  }
  if (verb?.value !== 'workspaces' || second === undefined) return undefined;
  if (second.value === 'run')
    return withWhere(readCall(yarn, [verb, ...rest.slice(1)]), { dir, packages: { filters: [] } });
  const each = second.value === 'foreach' ? readOptions(rest, 2, FOREACH) : undefined;
  if (each === undefined) return undefined;
  const filters = each.given
    .filter(({ name }) => ['--include', '--from', '--exclude'].includes(name))
    .map(({ name, value }) => (name === '--exclude' && value !== undefined ? `!${value}` : value));
  return withWhere(readCall(yarn, [verb, ...rest.slice(each.next)]), { dir, packages: { filters } });
}

function withWhere(call: ScriptCall | undefined, where: Where): ScriptCall | undefined {
  return call && { ...call, ...where };
}
