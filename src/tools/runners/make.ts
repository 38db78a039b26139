import type { Project } from '../project.ts';
import { type Command, joinDir } from '../text/command.ts';
import { isOption, optionValue, splitOption } from '../text/options.ts';
import type { CopySource, Word } from '../text/word.ts';
import { fileCopy } from './copies.ts';
import type { Runner } from './start.ts';
import { named, type Task, taskStarts } from './tasks.ts';

/** It runs nothing: prints, asks, touches. */
const RUNS_NOTHING =
  /^(-[a-zA-Z]*[nqpt]|--(dry-run|just-print|recon|question|print-data-base|touch|help|version))$/;
const MAKE = {
  flags: ['-s', '--silent', '-k', '-B', '--no-print-directory', '-j'],
  values: ['-C', '--directory', '-f', '--file', '-j', '--jobs'],
};

/** `make -C backend run` */
export const make: Runner = (command, project) => {
  const { targets, folder, file: chosen } = makeWords(command.words);
  const dir = joinDir(command.dir, folder ?? '.');
  if (dir === undefined || targets === undefined) return undefined;
  const found = named(chosen ? [chosen] : ['GNUmakefile', 'makefile', 'Makefile'], dir, project);
  if (found === undefined) return undefined;
  const file = {
    file: found.file,
    tasks: makeTasks(found.text),
    copy: makeCopy(found, chosen, command, project),
  };
  const goals =
    targets.length > 0
      ? targets
      : Object.keys(file.tasks)
          .filter((name) => !name.startsWith('.'))
          .slice(0, 1);
  const starts = goals.flatMap((goal) => taskStarts(file, goal, { ...command, dir }, project));
  return starts.length === 0 ? undefined : starts;
};

/** A Makefile that asks where it lies is read in its own place. */
function makeCopy(
  { file, text }: { file: string; text: string },
  chosen: string | undefined,
  { words: [program] }: Command,
  project: Project,
): CopySource | undefined {
  if (chosen !== undefined || program === undefined || /MAKEFILE_LIST/.test(text)) return undefined;
  const { source, end } = program;
  return fileCopy({ file, line: 1 }, text, { source, start: end, end, words: ['-f', '{file}'] }, project);
}

function makeWords(words: readonly Word[]): {
  targets?: string[];
  folder?: string | undefined;
  file?: string | undefined;
} {
  const targets: string[] = [];
  let folder: string | undefined;
  let file: string | undefined;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (RUNS_NOTHING.test(word.text)) return {};
    if (!isOption(word)) {
      if (word.value === undefined) return {};
      if (!/^\w+[:+?]?=/.test(word.value)) targets.push(word.value);
    } else if (MAKE.values.includes(name)) {
      if (name === '-C' || name === '--directory') folder = optionValue(words, at);
      if (name === '-f' || name === '--file') file = optionValue(words, at);
      if (!attached && !(name.startsWith('-j') && !/^\d+$/.test(words[at + 1]?.value ?? ''))) at += 1;
    }
  }
  return { targets, folder, file };
}

/** Rules with plain names. Of variables only those that the file sets to a plain text are known. */
function makeTasks(text: string): Record<string, Task> {
  const tasks: Record<string, { lines: string[]; starts: number[]; before: string[]; line: number }> = {};
  const variables: Record<string, string> = { MAKE: 'make' };
  let current: string[] = [];
  const lines = text.replaceAll(/\\\n/g, ' \u0000').split('\n');
  let number = 0;
  let offset = 0;
  for (const raw of lines) {
    const start = offset;
    offset += raw.length + 1;
    number += 1;
    const line = raw.replaceAll('\u0000', '');
    const [, variable, value] = /^(?:export\s+)?(\w+)\s*[:?]{0,2}=\s*(.*)$/.exec(line) ?? [];
    const [, names, before, inline] = /^([^\s:#=][^:#=]*?)\s*::?(?!=)\s*([^;#]*)(?:;(.*))?/.exec(line) ?? [];
    if (line.startsWith('\t')) {
      const own = recipe(line, variables);
      for (const name of current) {
        tasks[name]?.lines.push(own);
        tasks[name]?.starts.push(start + Math.max(0, raw.indexOf(own)));
      }
    } else if (variable !== undefined) variables[variable] = value ?? '';
    else if (names !== undefined) {
      current = names.split(/\s+/);
      for (const name of current) {
        const own = (tasks[name] ??= { lines: [], starts: [], before: [], line: number });
        own.before.push(...(before ?? '').split(/\s+/).filter((each) => each !== '' && each !== '|'));
        if (inline) {
          own.lines.push(recipe(inline, variables));
          own.starts.push(start + Math.max(0, raw.indexOf(own.lines.at(-1)!)));
        }
      }
    }
    number += raw.match(/\u0000/g)?.length ?? 0;
  }
  return tasks;
}

/** A line as make hands it to the shell; what make itself would have to say is left to be a variable of the shell. */
function recipe(line: string, variables: Readonly<Record<string, string>>): string {
  const expanded = line
    .replace(/^\s*[@+-]*\s*/, '')
    .replaceAll(
      /\$[({](\w+)[)}]/g,
      (_, name: string) => variables[name]?.replaceAll(/\$[({](\w+)[)}]/g, '$$$1') ?? `$${name}`,
    );
  return expanded.replaceAll('$$', '$');
}
