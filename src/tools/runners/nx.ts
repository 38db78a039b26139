import { fixedPort, portNumber } from '../match/port-text.ts';
import { asObject, asText, asTexts, type Project, readJson } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { isOption } from '../text/options.ts';
import { impliedWord, type Word } from '../text/word.ts';
import { readAsked } from './monorepo.ts';
import { readPackage, workspacePackages } from './package-file.ts';
import { followCall } from './package-scripts.ts';
import { lineOf, literal, type Runner, type Start, textStarts } from './start.ts';

/** A project of a workspace of nx. */
interface NxProject {
  name: string;
  dir: string;
}

/** A target that may start a server. */
export interface NxServer extends NxProject {
  target: string;
}

/** `nx serve web`, `nx run web:serve`, `nx run-many -t dev`: the target of a project. */
export const nx: Runner = (command, project) => {
  const asked = readAsked(
    command.words,
    [
      '-t',
      '--target',
      '--targets',
      '-p',
      '--projects',
      '-c',
      '--configuration',
      '--port',
      '--host',
      '--parallel',
    ],
    ['-t', '--target', '--targets'],
  );
  const [first, second] = asked.tasks;
  if (first === 'run-many' || first === 'affected') {
    const targets = asked.filters.flatMap((each) => each?.split(',') ?? []);
    const inner = { ...command, words: command.words.slice(0, 1) };
    const starts = targets.flatMap((target) =>
      nxProjects(project, command.dir ?? '.').flatMap(
        ({ name }) => nxTarget(name, target, inner, project) ?? [],
      ),
    );
    if (starts.length < 2) return starts.length === 0 ? undefined : starts;
    // An option would reach every one of them.
    return starts.map((start) =>
      start.command.slot === command.slot
        ? { ...start, command: { ...start.command, slot: undefined } }
        : start,
    );
  }
  // The name of a target may have colons, too.
  const [, of, named] = /^([^:]*):(.*)$/.exec(second ?? '') ?? [];
  const [owner, target] = first === 'run' ? [of, named] : [second, first];
  return target === undefined ? undefined : nxTarget(owner, target, command, project);
};

/** Without a name it is the project of the folder that the command runs in. */
function nxTarget(
  owner: string | undefined,
  target: string,
  command: Command,
  project: Project,
): Start[] | undefined {
  const root = command.dir ?? '.';
  const found = nxProjects(project, root).find(({ name, dir }) =>
    owner === undefined ? dir === command.dir : name === owner || name.replace(/^@[^/]+\//, '') === owner,
  );
  if (found === undefined) return undefined;
  const { file, targets } = targetsOf(project, found.dir);
  const entry = asObject(targets[target]);
  const place = { file, line: lineOf(project.readFile(file) ?? '', new RegExp(`"${literal(target)}"\\s*:`)) };
  const step = { name: `${found.name}:${target}`, kind: 'task', place } as const;
  const lines = linesOf(entry);
  if (lines.length > 0) {
    const cwd = asText(asObject(entry?.options)?.cwd);
    const outer = { ...command, dir: cwd === undefined ? command.dir : fileIn('.', cwd) };
    return lines.flatMap((text) => textStarts({ kind: 'file', text, place }, outer, project, step));
  }
  const own = readPackage(project, found.dir);
  const call = { script: target, program: [], extra: [], dir: '.', writable: true, lead: [] };
  if (entry === undefined && own && Object.hasOwn(own.scripts, target))
    return [...(followCall(call, { ...command, dir: found.dir, slot: undefined }, project) ?? [])];
  // nx hands its own options to the server behind the target.
  const options = command.words.slice(1).filter(isOptionOrNumber);
  const port = fixedPort(portNumber(String(asObject(entry?.options)?.port)));
  const handed = port !== undefined && { handed: { port, place } };
  const start = (program: readonly string[], dir: string | undefined): Start[] => {
    const words = [...program.map(impliedWord), ...options];
    return [{ command: { ...command, dir, words, ...handed }, step, final: true }];
  };
  const executor = asText(entry?.executor);
  if (executor !== undefined) return start([executorProgram(executor)], command.dir);
  const inferred = inferredTargets(project, root, found.dir)[target];
  return inferred && start(inferred, found.dir);
}

/** Where the targets of a project are written. */
function targetsOf(
  project: Project,
  dir: string,
): { file: string; targets: Readonly<Record<string, unknown>> } {
  const file = fileIn(dir, 'project.json');
  const own = readJson(project, file);
  if (own !== undefined) return { file, targets: asObject(own.targets) ?? {} };
  const nxPart = asObject(readPackage(project, dir)?.content.nx);
  return { file: fileIn(dir, 'package.json'), targets: asObject(nxPart?.targets) ?? {} };
}

/** What a target runs in a shell. */
function linesOf(entry: Readonly<Record<string, unknown>> | undefined): string[] {
  const options = asObject(entry?.options);
  return [
    asText(entry?.command),
    asText(options?.command),
    ...asTexts(options?.commands ?? []),
    ...commandObjects(options?.commands),
  ].filter((line) => line !== undefined);
}

function isOptionOrNumber(word: Word): boolean {
  return isOption(word) || /^\d+$/.test(word.value ?? '');
}

function commandObjects(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).flatMap(
    (each: unknown) => asText(asObject(each)?.command) ?? [],
  );
}

/** `@nx/vite:dev-server` is a program of the table by that name; what it takes is what nx passes on. */
function executorProgram(executor: string): string {
  return executor.replace(/^@nrwl\//, '@nx/');
}

interface Inference {
  /** Without its ending. */
  config: string;
  /** Another file that an application has. */
  beside?: string;
  words: readonly string[];
  /** What its targets are called, by the options of the plugin that say another name. */
  targets: Readonly<Record<string, string>>;
}

/** What plugins of nx take the config file of a tool for, where nothing else is said. */
const INFERENCES: Readonly<Record<string, Inference>> = {
  '@nx/vite': {
    config: 'vite.config',
    beside: 'index.html',
    words: ['vite'],
    targets: { devTargetName: 'dev', serveTargetName: 'serve' },
  },
  '@nx/next': { config: 'next.config', words: ['next', 'dev'], targets: { devTargetName: 'dev' } },
  '@nx/nuxt': { config: 'nuxt.config', words: ['nuxt', 'dev'], targets: { serveTargetName: 'serve' } },
  '@nx/webpack': {
    config: 'webpack.config',
    words: ['webpack-cli', 'serve'],
    targets: { serveTargetName: 'serve' },
  },
  '@nx/rspack': {
    config: 'rspack.config',
    words: ['rspack', 'serve'],
    targets: { serveTargetName: 'serve' },
  },
  '@nx/rsbuild': { config: 'rsbuild.config', words: ['rsbuild', 'dev'], targets: { devTargetName: 'dev' } },
};
const ENDINGS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

/** The words that a target runs in the folder of its project, by its name. */
function inferredTargets(
  project: Project,
  root: string,
  dir: string,
): Readonly<Record<string, readonly string[]>> {
  const plugins = readJson(project, fileIn(root, 'nx.json'))?.plugins;
  const known = (Array.isArray(plugins) ? (plugins as unknown[]) : []).flatMap((plugin) => {
    const name = (asText(plugin) ?? asText(asObject(plugin)?.plugin) ?? '').replace(/\/plugin$/, '');
    const inference = Object.hasOwn(INFERENCES, name) ? INFERENCES[name]! : undefined;
    if (inference === undefined || !isThere(project, dir, inference)) return [];
    const options = asObject(asObject(plugin)?.options);
    return Object.entries(inference.targets).map(([option, usual]): [string, readonly string[]] => [
      asText(options?.[option]) ?? usual,
      inference.words,
    ]);
  });
  return Object.fromEntries(known);
}

function isThere(project: Project, dir: string, { config, beside }: Inference): boolean {
  const has = (name: string): boolean => project.readFile(fileIn(dir, name)) !== undefined;
  return (beside === undefined || has(beside)) && ENDINGS.some((ending) => has(`${config}.${ending}`));
}

/** The first of these that a project has is what it serves by; else one that a plugin infers by another name. */
const SERVING = ['dev', 'serve', 'start'];

/** The targets of a workspace of nx that may start servers; none where it is no such workspace. */
export function nxServers(project: Project, root: string): NxServer[] {
  if (readJson(project, fileIn(root, 'nx.json')) === undefined) return [];
  return nxProjects(project, root).flatMap(({ name, dir }) => {
    const inferred = Object.keys(inferredTargets(project, root, dir));
    const names = [...inferred, ...Object.keys(targetsOf(project, dir).targets)];
    const target = SERVING.find((each) => names.includes(each)) ?? inferred[0];
    return target === undefined ? [] : [{ name, dir, target }];
  });
}

/** Folders of projects lie in these, and in those below `apps`. */
const PARENTS = ['apps', 'libs', 'packages', 'e2e', ''];

function nxProjects(project: Project, root: string): NxProject[] {
  const foldersIn = (folder: string): string[] =>
    project
      .folders(folder)
      .filter((name) => name !== 'node_modules' && !name.startsWith('.'))
      .map((name) => fileIn(folder, name));
  const folders = PARENTS.flatMap((parent) => {
    const own = foldersIn(parent === '' ? root : fileIn(root, parent));
    return parent === 'apps' ? [...own, ...own.flatMap(foldersIn)] : own;
  });
  const own = [root, ...folders].flatMap((folder) => {
    const json = readJson(project, fileIn(folder, 'project.json'));
    const last = folder.split('/').at(-1) ?? folder;
    return json === undefined ? [] : [{ name: asText(json.name) ?? last, dir: folder }];
  });
  const packages = workspacePackages(project, root).flatMap(({ name, dir, content }) => {
    const given = asText(asObject(content.nx)?.name) ?? name;
    return given === undefined ? [] : [{ name: given, dir }];
  });
  return [...own, ...packages.filter((each) => own.every(({ dir: taken }) => taken !== each.dir))];
}
