import { asObject, asText, asTexts, parser, type Project } from '../project.ts';
import { baseName, type Command, fileIn, joinDir } from '../text/command.ts';
import { beforeTerminator, isOption, optionValue, splitOption } from '../text/options.ts';
import { type CopySource, impliedWord, quotedSource, type Word } from '../text/word.ts';
import { textHash } from '../../base/text-hash.ts';
import { fileCopy, lineSource } from './copies.ts';
import { lineOf, literal, type Runner, type Start, textStarts } from './start.ts';

/** How a runner of Procfiles is told the file and the processes. */
interface ProcfileRunner {
  verbs?: readonly string[];
  /** It takes processes by name as further words. */
  names?: true;
  only?: readonly string[];
  values: readonly string[];
  file: string;
  /** The words that make it read another file, `{file}`; the folder that it works in is to stay `{folder}`. */
  other: readonly string[];
}

const PROCFILE_RUNNERS: Readonly<Record<string, ProcfileRunner>> = {
  foreman: {
    verbs: ['start', 's'],
    names: true,
    values: ['-f', '--procfile', '-p', '--port', '-e', '--env', '-m', '-c', '--formation', '-d', '--root'],
    file: 'Procfile',
    other: ['-f', '{file}', '-d', '{folder}'],
  },
  nf: {
    verbs: ['start'],
    names: true,
    values: ['-j', '--procfile', '-p', '--port', '-e', '--env', '-x', '-w', '--wrap'],
    file: 'Procfile',
    other: ['-j', '{file}'],
  },
  honcho: {
    verbs: ['start'],
    names: true,
    values: ['-f', '--procfile', '-p', '--port', '-e', '--env', '-c', '-d', '--app-root'],
    file: 'Procfile',
    other: ['-f', '{file}'],
  },
  goreman: {
    verbs: ['start'],
    names: true,
    values: ['-f', '-p', '-b', '-basedir'],
    file: 'Procfile',
    other: ['-f', '{file}'],
  },
  overmind: {
    verbs: ['start', 's'],
    values: [
      '-f',
      '--procfile',
      '-p',
      '--port',
      '-l',
      '--processes',
      '-x',
      '--ignored-processes',
      '-m',
      '-c',
      '-r',
      '-a',
      '-d',
      '--root',
      '-s',
      '--socket',
      '-N',
    ],
    only: ['-l', '--processes'],
    file: 'Procfile',
    other: ['-f', '{file}', '-d', '{folder}'],
  },
  hivemind: {
    values: ['-p', '--port', '-l', '--processes', '-d', '--root', '-P'],
    only: ['-l', '--processes'],
    file: 'Procfile',
    other: ['-d', '{folder}', '{file}'],
  },
  heroku: {
    verbs: ['local', 'local:start'],
    names: true,
    values: ['-f', '--procfile', '-p', '--port', '-e', '--env'],
    file: 'Procfile',
    other: ['-f', '{file}'],
  },
};

export const PROCFILE_RUNNER_NAMES = Object.keys(PROCFILE_RUNNERS);

/** `foreman start -f Procfile.dev`, `overmind start -l web`, `heroku local` */
export function procfile(name: string): Runner {
  const runner = PROCFILE_RUNNERS[name]!;
  return (command, project) => {
    const { plain, given } = splitWords(command.words, runner.values);
    const [verb, ...rest] = runner.verbs ? plain : ['', ...plain];
    if (verb === undefined || (runner.verbs && !runner.verbs.includes(verb))) return undefined;
    const chosen = given['-f'] ?? given['--procfile'] ?? (name === 'nf' ? given['-j'] : undefined);
    const own = name === 'hivemind' ? rest[0] : undefined;
    const file = joinDir(command.dir, chosen ?? own ?? runner.file);
    const text = file === undefined ? undefined : project.readFile(file);
    if (file === undefined || text === undefined) return undefined;
    const listed = runner.only
      ?.map((option) => given[option])
      .find((value) => value !== undefined)
      ?.split(',');
    const named = rest.filter((word) => !/^"?\$[@*]/.test(word));
    const only = listed ?? (runner.names && named.length > 0 ? named : undefined);
    // Of two files that are given as plain arguments, it is not known which one counts.
    const copy =
      own === undefined
        ? copyOf({ file, text, chosen: chosen ?? runner.file }, runner, command, project)
        : undefined;
    return processStarts({ file, text, only, copy }, command, project);
  };
}

interface Processes {
  file: string;
  text: string;
  only: readonly string[] | undefined;
  copy: CopySource | undefined;
}

function processStarts({ file, text, only, copy }: Processes, command: Command, project: Project): Start[] {
  return [...text.matchAll(/^([\w-]+):[ \t]*(.*?)[ \t\r]*$/gm)].flatMap(
    ({ 0: line, 1: name = '', 2: own = '', index }) => {
      if (own === '' || (only && !only.includes(name))) return [];
      const place = { file, line: text.slice(0, index).split('\n').length };
      const start = index + line.indexOf(own, name.length + 1);
      const source = lineSource(own, place, copy, start);
      return textStarts(source, command, project, { name, kind: 'process', place });
    },
  );
}

/** Where the runner can be told of another file, behind its last word. */
function copyOf(
  { file, text, chosen }: { file: string; text: string; chosen: string },
  { other }: ProcfileRunner,
  { slot, dir, words }: Command,
  { copies }: Project,
): CopySource | undefined {
  if (copies === undefined || slot === undefined || dir === undefined || slot.lead.length > 0)
    return undefined;
  const path = `${copies}/${baseName(file)}-${textHash(`${file}\n${text}`)}`;
  // What it was told itself about its folder still counts.
  const hasFolder = words.some((word) => ['-d', '--root', '--app-root'].includes(splitOption(word).name));
  const own = hasFolder ? other.filter((word) => word !== '-d' && word !== '{folder}') : other;
  const told = own.map((word) =>
    word.replace('{file}', path).replace('{folder}', joinDir(chosen, '..') ?? '.'),
  );
  const tell = { source: slot.source, start: slot.at, end: slot.at, words: told };
  return { kind: 'copy', text, place: { file, line: 1 }, path, tell };
}

interface SplitWords {
  plain: string[];
  given: Readonly<Record<string, string | undefined>>;
}

function splitWords(words: readonly Word[], values: readonly string[]): SplitWords {
  const plain: string[] = [];
  const given: Record<string, string | undefined> = {};
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) plain.push(word.value ?? word.text);
    else if (values.includes(name)) {
      given[name] = optionValue(words, at);
      if (!attached) at += 1;
    }
  }
  return { plain, given };
}

/** `mprocs "vite" "node api.js"`, or the processes of mprocs.yaml. */
export const mprocs: Runner = (command, project) => {
  const { plain } = splitWords(command.words, ['-c', '--config', '-s', '--server', '--names']);
  const texts = command.words
    .slice(1)
    .filter((word) => !isOption(word) && plain.includes(word.value ?? word.text));
  if (texts.length > 0)
    return texts.flatMap((word) => {
      const source = quotedSource(word);
      return source ? textStarts(source, command, project) : [];
    });
  const isNamed = command.words.some((word) => ['-c', '--config'].includes(splitOption(word).name));
  const tell = isNamed ? undefined : ['-c', '{file}'];
  return yamlProcesses(command, project, { names: ['mprocs.yaml'], key: 'procs', tell });
};

/** `process-compose up` */
export const processCompose: Runner = (command, project) =>
  yamlProcesses(command, project, {
    names: ['process-compose.yaml', 'process-compose.yml'],
    key: 'processes',
  });

/** A list that names folders by the place of its file is read in its own place. */
function listCopy(
  file: string,
  text: string,
  words: readonly string[] | undefined,
  { words: [program] }: Command,
  project: Project,
): CopySource | undefined {
  if (words === undefined || program === undefined || text.includes('CONFIG_DIR')) return undefined;
  const { source, end } = program;
  return fileCopy({ file, line: 1 }, text, { source, start: end, end, words }, project);
}

interface ProcessList {
  names: readonly string[];
  key: string;
  /** The words that make its reader take another file. */
  tell?: readonly string[] | undefined;
}

function yamlProcesses(
  command: Command,
  project: Project,
  { names, key, tell }: ProcessList,
): Start[] | undefined {
  const files = names.map((name) => fileIn(command.dir ?? '.', name));
  const file = files.find((each) => project.readFile(each) !== undefined);
  const text = file === undefined ? undefined : project.readFile(file);
  if (file === undefined || text === undefined || command.dir === undefined) return undefined;
  const entries = Object.entries(asObject(asObject(parser(project, 'yaml')?.(text))?.[key]) ?? {});
  const copy = listCopy(file, text, tell, command, project);
  const starts = entries.flatMap(([name, value]) => {
    const object = asObject(value);
    const line = asText(object?.shell) ?? asText(object?.command) ?? asTexts(object?.cmd ?? value).join(' ');
    const entry = new RegExp(`^\\s+['"]?${literal(name)}['"]?:`, 'm');
    const place = { file, line: lineOf(text, entry) };
    const dir = joinDir(command.dir, asText(object?.cwd) ?? asText(object?.working_dir) ?? '.');
    const at = text.search(entry);
    const source = lineSource(line, place, copy, at < 0 ? undefined : text.indexOf(line, at));
    return textStarts(source, { ...command, dir }, project, {
      name,
      kind: 'process',
      place,
    });
  });
  return starts.length === 0 ? undefined : starts;
}

/** `pm2 start server.js`, `pm2 start npm -- run dev`, `pm2 start ecosystem.config.js`: each of its apps names a script. */
export const pm2: Runner = (command, project) => {
  const own = beforeTerminator(command.words);
  const { plain } = splitWords(own, [
    '-n',
    '--name',
    '-i',
    '--instances',
    '--only',
    '--env',
    '--interpreter',
    '--cwd',
  ]);
  const isRuntime = !/^pm2$/.test(command.words[0]?.value ?? '');
  const [target] = isRuntime && plain[0] !== 'start' ? plain : plain.slice(1);
  if (target === undefined || (!isRuntime && plain[0] !== 'start') || command.dir === undefined)
    return undefined;
  const typed = command.words.find(({ value }) => value === target);
  // Several words in one are a command of the shell.
  const source = typed && /\s/.test(target) ? quotedSource(typed) : undefined;
  if (source) return textStarts(source, command, project);
  const isList = /\.(json|config\.[cm]?js)$/.test(target);
  const file = fileIn(command.dir, target);
  const text = isList ? project.readFile(file) : undefined;
  if (text === undefined) {
    const words = [...scriptWords(target), ...command.words.slice(own.length + 1)];
    return isList ? undefined : [{ command: { ...command, words } }];
  }
  const scripts = [...text.matchAll(/["']?\bscript["']?\s*:\s*["'`]([^"'`]+)["'`]/g)];
  return scripts.map(({ 1: script = '', index }) => ({
    command: { ...command, words: scriptWords(script) },
    step: {
      name: baseName(script).replace(/\.\w+$/, ''),
      kind: 'process',
      place: { file, line: text.slice(0, index).split('\n').length },
    },
  }));
};

/** A name without an ending is a program: `npm`. */
function scriptWords(script: string): Word[] {
  return [...(/[./]/.test(script) ? ['node'] : []), script].map(impliedWord);
}
