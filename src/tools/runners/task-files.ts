import { asObject, asText, asTexts, parser, type Project, readJson } from '../project.ts';
import { type Command, fileIn, joinDir } from '../text/command.ts';
import { isOption, isTerminator, optionValue, readOptions, splitOption } from '../text/options.ts';
import { type CopySource, impliedWord, type Word } from '../text/word.ts';
import { fileCopy, lineSource } from './copies.ts';
import { lineOf, literal, type Runner, type Start, type Step, textStarts } from './start.ts';

/** A task of a file: command lines, and tasks that run before it. */
interface Task {
  lines: readonly string[];
  /** Where they stand in the file. */
  starts?: readonly (number | undefined)[];
  before: readonly string[];
  dir?: string | undefined;
  line?: number | undefined;
}

interface TaskFile {
  file: string;
  tasks: Readonly<Record<string, Task>>;
  copy?: CopySource | undefined;
}

/** The lines of a task and of those before it, each once. */
function taskStarts(
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

function named(
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

/** `just dev` */
export const just: Runner = (command, project) => {
  const read = readOptions(command.words, 1, {
    flags: ['-q', '--quiet', '-v'],
    values: ['-f', '--justfile', '-d', '--working-directory'],
  });
  const chosen = read?.given.find(({ name }) => name === '-f' || name === '--justfile')?.value;
  const found =
    read && command.dir !== undefined
      ? named(chosen ? [chosen] : ['justfile', 'Justfile', '.justfile'], command.dir, project)
      : undefined;
  if (found === undefined || read === undefined) return undefined;
  const tasks = justTasks(found.text);
  const copy = chosen === undefined ? justCopy(found, command, project) : undefined;
  const goal = command.words[read.next]?.value ?? Object.keys(tasks)[0] ?? '';
  return ifAny(taskStarts({ file: found.file, tasks, copy }, goal, command, project));
};

/** One that asks where it lies, or reads others beside it, is read in its own place. */
function justCopy(
  { file, text }: { file: string; text: string },
  { words: [program] }: Command,
  project: Project,
): CopySource | undefined {
  if (program === undefined || /justfile|source_|working-directory|^(import|mod)\b/m.test(text))
    return undefined;
  const words = ['-f', '{file}', '-d', '.'];
  const { source, end } = program;
  return fileCopy({ file, line: 1 }, text, { source, start: end, end, words }, project);
}

function justTasks(text: string): Record<string, Task> {
  const tasks: Record<string, { lines: string[]; starts: number[]; before: string[]; line: number }> = {};
  let current: { lines: string[]; starts: number[] } | undefined;
  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const start = offset;
    offset += line.length + 1;
    const [, name, before] = /^@?([A-Za-z_][\w-]*)[^:=]*:(?!=)\s*([^#]*)/.exec(line) ?? [];
    if (name !== undefined) {
      const own = {
        lines: [],
        starts: [],
        before: (before ?? '')
          .replaceAll(/&&|\([^)]*\)/g, '')
          .split(/\s+/)
          .filter(Boolean),
        line: index + 1,
      };
      tasks[name] = own;
      current = own;
    } else if (/^\s+\S/.test(line)) {
      const own = line
        .trim()
        .replace(/^@-?|^-/, '')
        .replaceAll(/\{\{\s*(\w+)[^}]*\}\}/g, '$$$1');
      current?.lines.push(own);
      current?.starts.push(start + Math.max(0, line.indexOf(own)));
    } else if (line.trim() !== '' && !line.startsWith('#')) current = undefined;
  }
  return tasks;
}

/** `task dev` of a Taskfile.yml. */
export const taskfile: Runner = (command, project) => {
  const read = readOptions(command.words, 1, {
    flags: ['-s', '--silent', '-p', '--parallel', '-w', '--watch', '-v'],
    values: ['-d', '--dir', '-t', '--taskfile'],
  });
  const folder = read?.given.find(({ name }) => name === '-d' || name === '--dir')?.value ?? '.';
  const dir = joinDir(command.dir, folder);
  const found =
    dir === undefined
      ? undefined
      : named(
          ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml', 'Taskfile.dist.yml'],
          dir,
          project,
        );
  if (found === undefined || read === undefined) return undefined;
  const content = asObject(asObject(parser(project, 'yaml')?.(found.text))?.tasks) ?? {};
  const tasks = Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name,
      { ...yamlTask(value), line: lineOf(found.text, new RegExp(`^\\s+['"]?${literal(name)}['"]?:`, 'm')) },
    ]),
  );
  return ifAny(
    taskStarts(
      { file: found.file, tasks },
      command.words[read.next]?.value ?? 'default',
      { ...command, dir },
      project,
    ),
  );
};

function yamlTask(value: unknown): Task {
  const object = asObject(value);
  const steps =
    typeof value === 'string' || Array.isArray(value) ? value : (object?.cmds ?? object?.cmd ?? []);
  const all: unknown[] = Array.isArray(steps) ? steps : [steps];
  const plain = (text: string) => text.replaceAll(/\{\{\s*\.?(\w+)[^}]*\}\}/g, '$$$1');
  const lines = all.flatMap((each) => asText(each) ?? asText(asObject(each)?.cmd) ?? []);
  const called = all.flatMap((each) => asText(asObject(each)?.task) ?? []);
  const before = (Array.isArray(object?.deps) ? object.deps : []).flatMap(
    (each: unknown) => asText(each) ?? asText(asObject(each)?.task) ?? [],
  );
  return { lines: lines.map(plain), before: [...before, ...called], dir: asText(object?.dir) };
}

/** `mise run dev` of mise.toml. */
export const mise: Runner = (command, project) => {
  const [, verb, name] = command.words.filter((word) => !isOption(word));
  const isRun = verb?.value === 'run' || verb?.value === 'r';
  if (verb?.value === 'exec' || verb?.value === 'x') {
    const at = command.words.findIndex(({ value }) => value === '--');
    return at < 0 ? undefined : [{ command: { ...command, words: command.words.slice(at + 1) } }];
  }
  const goal = (isRun ? name : verb)?.value;
  const found =
    command.dir === undefined
      ? undefined
      : named(['mise.toml', '.mise.toml', '.config/mise.toml'], command.dir, project);
  if (found === undefined || goal === undefined) return undefined;
  const content = asObject(asObject(parser(project, 'toml')?.(found.text))?.tasks) ?? {};
  const tasks = Object.fromEntries(
    Object.entries(content).map(([key, value]) => {
      const object = asObject(value);
      const task: Task = {
        lines: asTexts(object ? object.run : value),
        before: asTexts(object?.depends ?? []),
        dir: asText(object?.dir)?.replaceAll(/\{\{\s*config_root\s*\}\}/g, '.'),
        line: lineOf(
          found.text,
          new RegExp(`^\\[tasks\\.["']?${literal(key)}["']?\\]|^["']?${literal(key)}["']?\\s*=`, 'm'),
        ),
      };
      return [key, task];
    }),
  );
  const starts = taskStarts({ file: found.file, tasks }, goal, command, project);
  const word = isRun ? name : verb;
  const line = tasks[goal]?.lines.at(-1);
  return ifAny(word && line !== undefined ? withArguments(starts, line, word, command) : starts);
};

/** `deno task dev` */
export const denoTask: Runner = (command, project) => {
  const [, verb, name] = command.words.filter((word) => !isOption(word));
  if (verb?.value !== 'task' || name?.value === undefined || command.dir === undefined) return undefined;
  for (const each of ['deno.json', 'deno.jsonc', 'package.json']) {
    const file = fileIn(command.dir, each);
    const content = readJson(project, file);
    const entry = asObject(content?.[each === 'package.json' ? 'scripts' : 'tasks'])?.[name.value];
    const text = asText(entry) ?? asText(asObject(entry)?.command);
    if (text !== undefined) {
      const place = {
        file,
        line: lineOf(project.readFile(file) ?? '', new RegExp(`"${literal(name.value)}"\\s*:`)),
      };
      const step = { name: name.value, kind: 'task', place } as const;
      const starts = textStarts({ kind: 'file', text, place }, command, project, step);
      return withArguments(starts, text, name, command);
    }
  }
  return undefined;
};

/** What follows a task's name is handed to the last command of its text. */
function withArguments(
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

const DENO_VALUES = ['-c', '--config', '--import-map', '-L', '--log-level', '--location', '--seed', '--cert'];

/** `deno run -A npm:vite`: a program of a package. */
export const denoPackage: Runner = (command) => {
  const { words } = command;
  const [, verb] = words;
  if (verb?.value !== 'run' && verb?.value !== 'x') return undefined;
  const at = words.findIndex(
    (word, index) => index > 1 && !isOption(word) && !DENO_VALUES.includes(words[index - 1]?.value ?? ''),
  );
  const [, name] = /^npm:\/?(.+)$/.exec(words[at]?.value ?? '') ?? [];
  return name === undefined
    ? undefined
    : [{ command: { ...command, words: [impliedWord(name), ...words.slice(at + 1)] } }];
};

/** `composer run dev` */
export const composer: Runner = (command, project) => {
  const plain = command.words.slice(1).filter((word) => !isOption(word));
  const verb = plain[0]?.value;
  const goal = verb === 'run' || verb === 'run-script' ? plain[1]?.value : verb;
  if (goal === undefined || command.dir === undefined) return undefined;
  const file = fileIn(command.dir, 'composer.json');
  const scripts = asObject(readJson(project, file)?.scripts) ?? {};
  const text = project.readFile(file) ?? '';
  const tasks = Object.fromEntries(
    Object.entries(scripts).map(([name, value]) => {
      const lines = asTexts(value).filter((line) => !/^[\w\\]+::/.test(line));
      const called = lines
        .filter((line) => /^@(?!php |composer |putenv )/.test(line))
        .map((line) => line.slice(1));
      const own = lines
        .filter((line) => !line.startsWith('@') || /^@(php|composer) /.test(line))
        .map((line) => line.replace(/^@/, ''));
      return [
        name,
        { lines: own, before: called, line: lineOf(text, new RegExp(`"${literal(name)}"\\s*:`)) },
      ];
    }),
  );
  return ifAny(taskStarts({ file, tasks }, goal, command, project));
};

function ifAny(starts: Start[]): Start[] | undefined {
  return starts.length === 0 ? undefined : starts;
}
