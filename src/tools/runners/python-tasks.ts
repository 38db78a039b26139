import { asObject, asText, asTexts, parser, type Project } from '../project.ts';
import { entryPoint } from '../sources/built.ts';
import { fileIn } from '../text/command.ts';
import { impliedWord } from '../text/word.ts';
import { throughLauncher } from './launchers.ts';
import { lineOf, literal, type Runner } from './start.ts';
import { ifAny, named, type Task, taskStarts, withArguments } from './tasks.ts';

/** Where a program keeps its tasks: the file, and the way to them in it. `*` stands for any name, `{env}` for the one that is asked for. */
type TaskTable = readonly [file: string, ...path: string[]];

const TABLES: Readonly<Record<string, readonly TaskTable[]>> = {
  poe: [
    ['pyproject.toml', 'tool', 'poe', 'tasks'],
    ['poe_tasks.toml', 'tasks'],
  ],
  pdm: [['pyproject.toml', 'tool', 'pdm', 'scripts']],
  rye: [['pyproject.toml', 'tool', 'rye', 'scripts']],
  hatch: [
    ['pyproject.toml', 'tool', 'hatch', 'envs', '{env}', 'scripts'],
    ['hatch.toml', 'envs', '{env}', 'scripts'],
    // What an environment does not say, it has from the default one.
    ['pyproject.toml', 'tool', 'hatch', 'envs', 'default', 'scripts'],
    ['hatch.toml', 'envs', 'default', 'scripts'],
  ],
  pipenv: [['Pipfile', 'scripts']],
  pixi: [
    ['pixi.toml', 'tasks'],
    ['pixi.toml', 'feature', '*', 'tasks'],
    ['pyproject.toml', 'tool', 'pixi', 'tasks'],
    ['pyproject.toml', 'tool', 'pixi', 'feature', '*', 'tasks'],
  ],
};

/** `poe dev`, `pdm run dev`, `hatch run docs:serve`: a task of the project, else one of its commands, else a program. */
export function pythonTask(name: string): Runner {
  return (command, project) => {
    const [start] = throughLauncher(name)(command, project) ?? [];
    if (start === undefined) return undefined;
    const inner = start.command;
    const [goal] = inner.words;
    if (inner.dir === undefined || goal?.value === undefined) return [start];
    const [, env = 'default', ofEnv = ''] = /^(?:([\w.-]+):)?(.*)$/s.exec(goal.value) ?? [];
    const task = name === 'hatch' ? ofEnv : goal.value;
    for (const table of Object.hasOwn(TABLES, name) ? TABLES[name]! : []) {
      const [own, ...path] = table;
      const place: TaskTable = [own, ...path.map((each) => each.replace('{env}', env))];
      const { file, tasks } = tasksOf(place, inner.dir, project);
      const starts = taskStarts({ file, tasks }, task, inner, project);
      const line = Object.hasOwn(tasks, task) ? tasks[task]?.lines.at(-1) : undefined;
      const all = line === undefined ? starts : withArguments(starts, line, goal, inner);
      if (all.length > 0) return ifAny(all);
    }
    const module = entryPoint(goal.value, inner.dir, project);
    if (module === undefined) return [start];
    const words = ['python', '-m', module].map(impliedWord);
    return [{ command: { ...inner, words: [...words, ...inner.words.slice(1)] } }];
  };
}

function tasksOf(
  [name, ...path]: TaskTable,
  dir: string,
  project: Project,
): { file: string; tasks: Record<string, Task> } {
  const file = fileIn(dir, name);
  const text = named([name], dir, project)?.text;
  // Reading TOML needs its parser: it is not asked for where nothing can be found.
  const last = path.at(-1)!;
  const content = text?.includes(last) === true ? parser(project, 'toml')?.(text) : undefined;
  const entries = Object.entries(tableAt(content, path));
  const tasks = entries.map(([key, value]): [string, Task] => {
    const place = new RegExp(`^(?:\\[.*\\.)?["']?${literal(key)}["']?\\]?\\s*(?:=|$)`, 'm');
    return [key, { ...taskOf(value, entries), line: lineBelow(text ?? '', path, place) }];
  });
  return { file, tasks: Object.fromEntries(tasks) };
}

/** Several tables of a file may have a task of the same name. */
function lineBelow(text: string, path: readonly string[], key: RegExp): number | undefined {
  const names = path.map((each) => (each === '*' ? String.raw`[^\]]+?` : `["']?${literal(each)}["']?`));
  const start = Math.max(
    0,
    text.search(new RegExp(String.raw`^\[\s*${names.join(String.raw`\s*\.\s*`)}\s*\]`, 'm')),
  );
  const line = lineOf(text.slice(start), key);
  return line === undefined ? lineOf(text, key) : text.slice(0, start).split('\n').length - 1 + line;
}

function tableAt(content: unknown, path: readonly string[]): Record<string, unknown> {
  const [next, ...rest] = path;
  const object = asObject(content) ?? {};
  if (next === undefined) return object;
  if (next !== '*') return tableAt(object[next], rest);
  return Object.assign({}, ...Object.values(object).map((each) => tableAt(each, rest))) as Record<
    string,
    unknown
  >;
}

/** A text, a list of texts or names, or a table with one of them in it. */
function taskOf(value: unknown, all: readonly (readonly [string, unknown])[]): Task {
  const object = asObject(value);
  const steps = object ? (object.sequence ?? object.composite ?? object.chain) : value;
  const isTask = (name: string): boolean => all.some(([key]) => key === name);
  const listed: unknown[] = Array.isArray(steps) ? steps : [];
  const called = listed.flatMap((each) => asText(each) ?? asText(asObject(each)?.ref) ?? []);
  const words = asTexts(object?.cmd ?? []);
  const lines = [
    ...(typeof steps === 'string' ? [steps] : []),
    ...called.filter((each) => !isTask(each)),
    ...(words.length > 0 ? [words.join(' ')] : []),
    ...asTexts(object?.shell ?? []),
    ...listed.flatMap((each) => asText(asObject(each)?.cmd) ?? asText(asObject(each)?.shell) ?? []),
    ...asTexts(object?.script ?? []).map((name) => `python -m ${name.split(':', 1)[0]}`),
  ];
  const first = [object?.deps, object?.['depends-on'], object?.depends_on];
  const before = first.flatMap((list) => (Array.isArray(list) ? list : list === undefined ? [] : [list]));
  const names = before.flatMap((each: unknown) => asText(each) ?? asText(asObject(each)?.task) ?? []);
  return {
    lines,
    before: [...names, ...called.filter(isTask)],
    dir: asText(object?.cwd ?? object?.working_dir),
  };
}
