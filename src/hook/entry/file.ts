import { programName } from '../../tools/text/command.ts';

/** A program of one's own: the file that an interpreter is given, and its language. */
export interface EntryFile {
  language: Language;
  path: string;
}

export type Language = 'javascript' | 'python' | 'ruby' | 'php' | 'perl' | 'go' | 'rust' | 'csharp';

interface Interpreter {
  language: Language;
  /** Words before the file that are neither options nor the file. */
  verbs?: readonly string[];
  /** Options that take the next word. */
  values?: readonly string[];
}

const NODE_VALUES = [
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
];
const javascript: Interpreter = {
  language: 'javascript',
  verbs: ['run', 'watch', 'start'],
  values: [
    ...NODE_VALUES,
    '--env-file',
    '--env-file-if-exists',
    '--watch-path',
    '--tsconfig',
    '-P',
    '--project',
    '-c',
    '--config',
    '--preload',
    '--allow',
    '-w',
    '--watch',
    '-e',
    '--ext',
    '-i',
    '--ignore',
    '--name',
    '-x',
    '--exec',
  ],
};

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  node: {
    ...javascript,
    verbs: [],
    values: [...NODE_VALUES, '--env-file', '--env-file-if-exists', '--watch-path'],
  },
  tsx: javascript,
  'ts-node': javascript,
  'ts-node-dev': javascript,
  tsnd: javascript,
  'vite-node': javascript,
  'babel-node': javascript,
  jiti: javascript,
  'node-dev': javascript,
  nodemon: javascript,
  bun: javascript,
  deno: { ...javascript, values: ['-c', '--config', '--import-map', '--lock'] },
  pm2: javascript,
  'pm2-runtime': javascript,
  forever: javascript,
  ruby: { language: 'ruby', values: ['-r', '-I'] },
  php: { language: 'php', values: ['-d', '-c'] },
  perl: { language: 'perl', values: ['-I'] },
};
const PYTHON: Interpreter = { language: 'python', values: ['-W', '-X'] };

/** What makes a file a program of one's own when it is started by its path. */
const BY_EXTENSION: Readonly<Record<string, Language>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  tsx: 'javascript',
  py: 'python',
  rb: 'ruby',
  php: 'php',
  pl: 'perl',
};

/** The file that a command runs. undefined: it runs none that is the project's own, or only its text (`-e`, `-m`). */
export function entryFile(words: readonly string[]): EntryFile | undefined {
  const [program = '', ...args] = words;
  const name = programName(program);
  const interpreter = /^python[\d.]*$/.test(name)
    ? PYTHON
    : Object.hasOwn(INTERPRETERS, name)
      ? INTERPRETERS[name]
      : undefined;
  if (interpreter === undefined) {
    const isPath = program.includes('/') && !program.includes('node_modules');
    const language = isPath ? BY_EXTENSION[extensionOf(program)] : undefined;
    return language && { language, path: program };
  }
  const { language, verbs = [], values = [] } = interpreter;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at]!;
    if (
      /^(-e|-p|-m|--eval|--print|-c|--check|--test|--version|-v|-V|-h|--help)$/.test(word) &&
      !values.includes(word)
    )
      return undefined;
    if (values.includes(word)) at += 1;
    else if (!word.startsWith('-') && !verbs.includes(word)) return { language, path: word };
  }
  return undefined;
}

export function extensionOf(path: string): string {
  return /\.(\w+)$/.exec(path)?.[1] ?? '';
}
