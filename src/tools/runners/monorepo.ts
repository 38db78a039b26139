import { asObject, asTexts, type Project, readJson } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { beforeTerminator, isOption, optionValue, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { workspaceRoot } from './package-file.ts';
import { followCall } from './package-scripts.ts';
import type { Runner, Start } from './start.ts';

interface Asked {
  tasks: string[];
  filters: (string | undefined)[];
  /** The mode in which turbo handles variables. */
  mode: string | undefined;
}

const TURBO_VALUES = [
  '--filter',
  '-F',
  '--scope',
  '--concurrency',
  '--env-mode',
  '--output-logs',
  '--log-order',
  '--cwd',
  '--ui',
  '--cache-dir',
  '--ignore',
  '--since',
  '--log-prefix',
  '--profile',
  '--ports',
  '--env-mode',
];
const TURBO_HINT =
  'turbo passes on only what it is told to: "globalPassThroughEnv": ["PORT"] in turbo.json, or no --env-mode=strict';
/** Without it a task of turbo gets no variables but those that turbo.json names. An option of the command counts more. */
const OPEN_TURBO = { TURBO_ENV_MODE: 'loose' };

/** `turbo run dev --filter=web`: the script of that name in each package. */
export const turbo: Runner = (command, project) => {
  const asked = readAsked(command.words, TURBO_VALUES, ['--filter', '-F', '--scope']);
  const tasks = asked.tasks[0] === 'run' || asked.tasks[0] === 'watch' ? asked.tasks.slice(1) : asked.tasks;
  if (
    tasks.length === 0 ||
    command.dir === undefined ||
    isDry(command.words) ||
    OTHER_TURBO.includes(tasks[0]!)
  )
    return undefined;
  const passes = passedOn(project, workspaceRoot(project, command.dir) ?? command.dir);
  const strict = { strips: { passes, hint: TURBO_HINT } };
  const outer: Command = {
    ...command,
    slot: undefined,
    ...(asked.mode === 'strict' ? strict : asked.mode === undefined && { opensBy: OPEN_TURBO }),
  };
  const isOpen = asked.mode !== 'strict';
  return inPackages(withBefore(tasks, command.dir, project), asked.filters, outer, project, isOpen);
};

/** It says what it would run. */
function isDry(words: readonly Word[]): boolean {
  return beforeTerminator(words).some((word) => /^--(dry(-run)?|graph)$/.test(splitOption(word).name));
}

const OTHER_TURBO = [
  'login',
  'logout',
  'link',
  'unlink',
  'prune',
  'gen',
  'generate',
  'daemon',
  'telemetry',
  'ls',
  'query',
  'scan',
  'bin',
  'info',
  'completion',
];

/** Tasks of a package that turbo.json lets run beside the ones asked for. */
function withBefore(tasks: readonly string[], dir: string, project: Project): string[] {
  const root = workspaceRoot(project, dir) ?? dir;
  const config = readJson(project, fileIn(root, 'turbo.json'));
  const all = asObject(config?.tasks) ?? asObject(config?.pipeline) ?? {};
  const beside = tasks.flatMap((task) => asTexts(asObject(all[task])?.with ?? []));
  return [...tasks, ...beside.map((each) => each.replace(/^.*#/, ''))];
}

/** The variables that turbo.json lets through. */
function passedOn(project: Project, root: string): string[] {
  const config = readJson(project, fileIn(root, 'turbo.json'));
  const tasks = Object.values(asObject(config?.tasks) ?? asObject(config?.pipeline) ?? {}).map(asObject);
  const lists = [
    config?.globalPassThroughEnv,
    config?.globalEnv,
    ...tasks.flatMap((task) => [task?.passThroughEnv, task?.env]),
  ];
  return lists.flatMap((list) => asTexts(list ?? []));
}

/** `lerna run dev --scope web`, `lerna exec -- vite` */
export const lerna: Runner = (command, project) => {
  const asked = readAsked(command.words, ['--scope', '--ignore', '--concurrency', '--since'], ['--scope']);
  const [verb, task] = asked.tasks;
  if (verb !== 'run' || task === undefined) return undefined;
  return inPackages([task], asked.filters, { ...command, slot: undefined }, project, true);
};

/** `moon run web:dev`, `moon run :dev` */
export const moon: Runner = (command, project) => {
  const asked = readAsked(command.words, ['--query', '--log'], []);
  const [verb, ...targets] = asked.tasks;
  const all = verb === 'run' ? targets : asked.tasks;
  const starts = all.flatMap((target) => {
    const [project_, task] = target.includes(':') ? target.split(':') : [undefined, undefined];
    const filters = project_ ? [project_] : [];
    return task ? (inPackages([task], filters, { ...command, slot: undefined }, project, true) ?? []) : [];
  });
  return starts.length === 0 ? undefined : starts;
};

export function readAsked(
  words: readonly Word[],
  values: readonly string[],
  filterNames: readonly string[],
): Asked {
  const asked: Asked = { tasks: [], filters: [], mode: undefined };
  for (let at = 1; at < words.length && words[at]?.value !== '--'; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) asked.tasks.push(word.value ?? word.text);
    else if (values.includes(name)) {
      const value = optionValue(words, at);
      if (filterNames.includes(name)) asked.filters.push(value);
      if (name === '--env-mode') asked.mode = value;
      if (!attached) at += 1;
    }
  }
  return asked;
}

function inPackages(
  tasks: readonly string[],
  filters: readonly (string | undefined)[],
  outer: Command,
  project: Project,
  writable: boolean,
): Start[] | undefined {
  const starts = tasks.flatMap((task) => {
    // `web#dev` is one task of one package.
    const [owner, script = task] = task.includes('#') ? task.split('#') : [undefined, task];
    const call = { script, program: [], extra: [], dir: '.', writable, lead: [] };
    const packages = { filters: owner ? [owner] : filters };
    const root = workspaceRoot(project, outer.dir ?? '.');
    const own = root === undefined ? followCall(call, outer, project) : undefined;
    return own ?? followCall({ ...call, packages }, outer, project) ?? [];
  });
  return starts.length === 0 ? undefined : starts;
}
