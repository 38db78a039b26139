import type { Project } from '../project.ts';
import { type Command, fileIn, joinDir } from '../text/command.ts';
import { isTerminator } from '../text/options.ts';
import type { CopySource, Word } from '../text/word.ts';
import { lineSource } from './copies.ts';
import { type Start, type Step, textStarts } from './start.ts';

/** A task of a file: command lines, and tasks that run before it. */
export interface Task {
  lines: readonly string[];
  /** Where they stand in the file. */
  starts?: readonly (number | undefined)[];
  before: readonly string[];
  dir?: string | undefined;
  line?: number | undefined;
}

export interface TaskFile {
  file: string;
  tasks: Readonly<Record<string, Task>>;
  copy?: CopySource | undefined;
}

/** The lines of a task and of those before it, each once. */
export function taskStarts(
  { file, tasks, copy }: TaskFile,
  name: string,
  outer: Command,
  project: Project,
  seen = new Set<string>(),
): Start[] {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined || seen.has(name)) return [];
  seen.add(name);
  const before = task.before.flatMap((each) => taskStarts({ file, tasks, copy }, each, outer, project, seen));
  const step: Step = { name, kind: 'task', place: { file, line: task.line } };
  const dir = task.dir === undefined ? outer.dir : joinDir(outer.dir, task.dir);
  const place = { file, line: task.line };
  const own = task.lines.flatMap((text, index) =>
    textStarts(lineSource(text, place, copy, task.starts?.[index]), { ...outer, dir }, project, step),
  );
  return [...before, ...own];
}

export function named(
  files: readonly string[],
  dir: string,
  project: Project,
): { file: string; text: string } | undefined {
  for (const name of files) {
    const file = fileIn(dir, name);
    const text = project.readFile(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

/** What follows a task's name is handed to the last command of its text. */
export function withArguments(
  starts: readonly Start[],
  text: string,
  name: Word,
  { words, slot }: Command,
): Start[] {
  const rest = words.slice(words.indexOf(name) + 1);
  if (rest.some(isTerminator)) return [...starts];
  return starts.map((start, index) => {
    const own = start.command.words;
    const isLast = index === starts.length - 1 && own.at(-1)?.end === text.trimEnd().length;
    return isLast ? { ...start, command: { ...start.command, words: [...own, ...rest], slot } } : start;
  });
}

export function ifAny(starts: Start[]): Start[] | undefined {
  return starts.length === 0 ? undefined : starts;
}
