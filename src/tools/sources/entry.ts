import type { Project } from '../project.ts';
import { readPackage } from '../runners/package-file.ts';
import { baseName, type Command, fileIn, joinDir, programName } from '../text/command.ts';
import { isOption, splitOption } from '../text/options.ts';
import { builtFrom, cargoMains } from './built.ts';

/** A file that a runtime is asked to run. */
export interface Entry {
  language: Language;
  file: string;
  text: string;
}

export type Language = 'js' | 'python' | 'ruby' | 'go' | 'rust';

interface Runtime {
  language: Language;
  /** Words of its own before the file: `tsx watch`, `deno run`. */
  verbs?: readonly string[];
  /** The file comes after one of the verbs only. */
  needsVerb?: true;
  /** Its options that take the next word. */
  values?: readonly string[];
  /** With one of these it runs no file. */
  notWith?: readonly string[];
}

const NODE: Runtime = {
  language: 'js',
  values: [
    '-r',
    '--require',
    '--import',
    '--loader',
    '--experimental-loader',
    '-C',
    '--conditions',
    '--env-file',
    '--watch-path',
  ],
  notWith: ['-e', '--eval', '-p', '--print', '-c', '--check', '--test', '--run', '-v'],
};
const TS_NODE: Runtime = {
  language: 'js',
  values: [
    '-P',
    '--project',
    '-r',
    '--require',
    '-O',
    '-T',
    '--ignore',
    '--include',
    '--exclude',
    '--tsconfig',
    '--watch',
    '--env-file',
  ],
  notWith: ['-e', '--eval', '-p', '--print', '--test'],
};
const PYTHON: Runtime = { language: 'python', values: ['-W', '-X'], notWith: ['-c'] };

const DENO_COMMANDS = (
  'add audit bench bundle cache check clean compile completions coverage create deploy doc eval fmt help info init install ' +
  'json_reference jupyter lint lsp outdated publish remove repl serve task test types uninstall update upgrade vendor x'
).split(' ');

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  node: NODE,
  nodejs: NODE,
  'babel-node': NODE,
  jiti: NODE,
  'vite-node': TS_NODE,
  tsx: { ...TS_NODE, verbs: ['watch'] },
  'ts-node': TS_NODE,
  'ts-node-dev': TS_NODE,
  tsnd: TS_NODE,
  'ts-node-esm': TS_NODE,
  bun: {
    language: 'js',
    verbs: ['run', 'watch'],
    values: ['--preload', '-r', '--env-file', '--cwd', '--port'],
    notWith: ['-e', '--eval', '-p', '--print', 'test', 'install', 'add', 'build', 'x', 'create', 'init'],
  },
  deno: {
    language: 'js',
    verbs: ['run'],
    values: ['-c', '--config', '--import-map'],
    notWith: DENO_COMMANDS,
  },
  ruby: { language: 'ruby', values: ['-I', '-r', '-C'], notWith: ['-e', '-c'] },
  go: { language: 'go', verbs: ['run'], needsVerb: true, values: ['-tags', '-ldflags', '-mod', '-exec'] },
  cargo: {
    language: 'rust',
    verbs: ['run', 'r'],
    needsVerb: true,
    values: ['--bin', '-p', '--package', '--features', '--example', '--manifest-path'],
    notWith: ['--help', '-h'],
  },
};

/** The file that a command runs, as far as it is one of the project. */
export function entryOf(command: Command, project: Project): Entry | undefined {
  const { words, dir } = command;
  const found = entryPath(command);
  if (found) return findFile({ ...found, words }, project);
  const built = dir === undefined ? undefined : builtFrom(words[0]?.value ?? '', dir, project);
  return built && firstOf(built.files, '.', built.language, project);
}

interface EntryPath {
  language: Language;
  path: string | undefined;
  /** What Python finds as a module: `app/main`. */
  module?: string;
  dir: string;
}

/** What a runtime is asked to run: a file, or a folder. The project may not have it yet. */
export function entryPath({ words, dir }: Command): EntryPath | undefined {
  const program = words[0]?.value ?? '';
  const name = programName(program);
  if (dir === undefined) return undefined;
  if (name.endsWith('.py')) return { language: 'python', path: program, dir };
  const runtime = /^(python|pythonw|py)[\d.]*$/.test(name)
    ? PYTHON
    : Object.hasOwn(RUNTIMES, name)
      ? RUNTIMES[name]
      : undefined;
  if (runtime === undefined) return undefined;
  const plain: string[] = [];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    const option = splitOption(word);
    if (runtime.notWith?.includes(option.name)) return undefined;
    if (runtime === PYTHON && option.name === '-m') return moduleEntry(words[at + 1]?.value, dir);
    if (!isOption(word)) plain.push(word.value ?? '');
    else if (runtime.values?.includes(option.name) && !option.attached) at += 1;
    // What follows the file is the program's own.
    if (plain.length > (runtime.verbs?.includes(plain[0] ?? '') ? 1 : 0)) break;
  }
  const isVerb = runtime.verbs?.includes(plain[0] ?? '') === true;
  if (runtime.needsVerb && !isVerb) return undefined;
  const path = isVerb ? plain[1] : plain[0];
  return { language: runtime.language, path, dir };
}

/** A module that the project does not have is one of an installed package. */
function moduleEntry(name: string | undefined, dir: string): EntryPath | undefined {
  return name === undefined
    ? undefined
    : { language: 'python', path: undefined, module: name.replaceAll('.', '/'), dir };
}

function findFile(
  { language, path, module, dir, words }: EntryPath & Pick<Command, 'words'>,
  project: Project,
): Entry | undefined {
  if (language === 'rust') return firstOf(cargoMains(words, dir, project), '.', language, project);
  if (module !== undefined) return firstOf(moduleFiles(module), dir, language, project);
  if (path === undefined) return undefined;
  if (language === 'go') return firstOf(goFiles(path), dir, language, project);
  return language === 'js' ? moduleAt(path, dir, project) : firstOf([path], dir, language, project);
}

function moduleFiles(module: string): string[] {
  return ['', 'src/'].flatMap((lead) => [`${lead}${module}.py`, `${lead}${module}/__main__.py`]);
}

function goFiles(path: string): string[] {
  return path.endsWith('.go')
    ? [path]
    : ['main.go', 'server.go'].map((name) => `${path.replace(/\/?(\.\.\.)?$/, '')}/${name}`);
}

const ENDINGS = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.tsx', '/index.js', '/index.ts', '/index.mjs'];

/** A module as Node finds it. */
export function moduleAt(path: string, dir: string, project: Project): Entry | undefined {
  const folder = joinDir(dir, path) ?? path;
  const main = readPackage(project, folder)?.main;
  const names = ENDINGS.map((ending) => `${path}${ending}`.replace(/^\.\//, './'));
  // TypeScript is imported by the name that it is compiled to.
  const typed = /\.[cm]?js$/.test(path) ? [path.replace(/js$/, 'ts')] : [];
  return firstOf(
    [...(main ? ENDINGS.map((ending) => `${path}/${main}${ending}`) : []), ...names, ...typed],
    dir,
    'js',
    project,
  );
}

export function firstOf(
  names: readonly string[],
  dir: string,
  language: Language,
  project: Project,
): Entry | undefined {
  for (const name of names) {
    const file = fileIn(dir, name);
    const isFile = /[^/]\.\w+$/.test(baseName(file)) || /(^|\/)bin\/\w+$/.test(file);
    const text = isFile ? project.readFile(file) : undefined;
    if (text !== undefined) return { language, file, text };
  }
  return undefined;
}
