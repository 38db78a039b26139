import { asObject, asText, asTexts, parser, readJson } from '../project.ts';
import { fileIn, joinDir } from '../text/command.ts';
import { isOption, readOptions } from '../text/options.ts';
import { impliedWord } from '../text/word.ts';
import { throughLauncher } from './launchers.ts';
import { lineOf, literal, type Runner } from './start.ts';
import { ifAny, named, type Task, taskStarts, withArguments } from './tasks.ts';

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

/** `devbox run dev` of devbox.json, else a program. */
export const devbox: Runner = (command, project) => {
  const [start] = throughLauncher('devbox')(command, project) ?? [];
  const [name] = start?.command.words ?? [];
  if (start === undefined || name?.value === undefined || command.dir === undefined) return undefined;
  const file = fileIn(command.dir, 'devbox.json');
  const scripts = asObject(asObject(readJson(project, file)?.shell)?.scripts) ?? {};
  const text = project.readFile(file) ?? '';
  const tasks = Object.fromEntries(
    Object.entries(scripts).map(([key, value]): [string, Task] => [
      key,
      { lines: asTexts(value), before: [], line: lineOf(text, new RegExp(`"${literal(key)}"\\s*:`)) },
    ]),
  );
  return ifAny(taskStarts({ file, tasks }, name.value, start.command, project)) ?? [start];
};

/** `deno task dev` */
export const denoTask: Runner = (command, project) => {
  const [, verb, name] = command.words.filter((word) => !isOption(word));
  if (verb?.value !== 'task' || name?.value === undefined || command.dir === undefined) return undefined;
  for (const each of ['deno.json', 'deno.jsonc', 'package.json']) {
    const file = fileIn(command.dir, each);
    const content = asObject(readJson(project, file)?.[each === 'package.json' ? 'scripts' : 'tasks']) ?? {};
    const tasks = denoTasks(content, project.readFile(file) ?? '');
    const [text] = (Object.hasOwn(tasks, name.value) && tasks[name.value]?.lines) || [];
    const starts = taskStarts({ file, tasks }, name.value, command, project);
    const all = text === undefined ? starts : withArguments(starts, text, name, command);
    if (all.length > 0) return all;
  }
  return undefined;
};

/** Texts, and objects with one; those that a task depends on run before it, or are all that it is. */
function denoTasks(content: object, file: string): Record<string, Task> {
  const tasks = Object.entries(content).map(([name, entry]): [string, Task] => {
    const text = asText(entry) ?? asText(asObject(entry)?.command);
    const line = lineOf(file, new RegExp(`"${literal(name)}"\\s*:`));
    const before = asTexts(asObject(entry)?.dependencies ?? []);
    return [name, { lines: text === undefined ? [] : [text], before, line }];
  });
  return Object.fromEntries(tasks);
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
  const [, name] = /^(?:npm|jsr):\/?(.+)$/.exec(words[at]?.value ?? '') ?? [];
  return name === undefined
    ? undefined
    : [
        {
          command: {
            ...command,
            words: [impliedWord(name.replace(/^(@[^/]+\/[^@/]+)@[^/]+\//, '$1/')), ...words.slice(at + 1)],
          },
        },
      ];
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
