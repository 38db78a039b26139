import { baseName, programName } from '../text/command.ts';
import { isOption, readOptions } from '../text/options.ts';
import type { Word } from '../text/word.ts';

/** A program by the name under which tools are known, and what it is given. */
export interface Invocation {
  /** `vite`, or `python -m http.server` for a module that Python runs as a program. */
  program: string;
  /** The same, as it was written: for people. */
  label: string;
  args: readonly Word[];
}

const MODULE = 'python -m ';
const PYTHON = /^(python|pythonw|py)[\d.]*$/;
const PYTHON_OPTIONS = {
  flags: ['-b', '-B', '-d', '-E', '-i', '-I', '-O', '-OO', '-P', '-q', '-s', '-S', '-u', '-v', '-x'],
  values: ['-W', '-X'],
};

/** Files that are a tool of their own, whatever runs them: `php artisan serve`, `python manage.py runserver`. */
const SCRIPTS = /^(manage\.py|artisan|ace(\.js)?|spark|rails|cake|yii|craft|django-admin(\.py)?)$/;
const INTERPRETERS = /^(php|node|ruby|python[\d.]*|py)$/;

/** undefined when there is no program, or only the shell knows which. */
export function readInvocation(words: readonly Word[]): Invocation | undefined {
  const path = words[0]?.value;
  if (path === undefined) return undefined;
  const program = programName(path);
  return (
    (PYTHON.test(program) ? pythonModule(program, words) : undefined) ??
    rubyServer(program, words) ??
    interpretedTool(program, words) ??
    archive(program, words) ??
    mojolicious(program, words) ??
    bunPage(program, words) ?? { program, label: program, args: words.slice(1) }
  );
}

function interpretedTool(label: string, words: readonly Word[]): Invocation | undefined {
  if (!INTERPRETERS.test(label)) return undefined;
  const at = words.findIndex((word, index) => index > 0 && !isOption(word));
  const script = baseName(words[at]?.value ?? '');
  if (!SCRIPTS.test(script)) return undefined;
  const program = script === 'ace.js' ? 'ace' : script.replace(/(?<=^django-admin)\.py$/, '');
  return { program, label: `${label} ${script}`, args: words.slice(at + 1) };
}

/** Programs that come as a Java archive: their names without a version. */
const ARCHIVES: Readonly<Record<string, string>> = {
  'metabase.jar': 'metabase',
  'jenkins.war': 'jenkins',
  'wiremock.jar': 'wiremock',
  'wiremock-standalone.jar': 'wiremock',
  'wiremock-jre8-standalone.jar': 'wiremock',
  'selenium-server.jar': 'selenium-server',
  'selenium-server-standalone.jar': 'selenium-server',
  'DynamoDBLocal.jar': 'DynamoDBLocal',
};

/** `java -Xmx1g -jar wiremock-standalone-3.9.1.jar --port 8080` */
function archive(label: string, words: readonly Word[]): Invocation | undefined {
  const at = label === 'java' ? words.findIndex(({ value }) => value === '-jar') : -1;
  const file = at < 0 ? '' : baseName(words[at + 1]?.value ?? '');
  const program = ARCHIVES[file.replace(/-v?\d[\w.-]*(?=\.[jw]ar$)/, '')];
  return program === undefined
    ? undefined
    : { program, label: `java -jar ${file}`, args: words.slice(at + 2) };
}

/** `perl app.pl daemon -l http://*:3000`: an application of Mojolicious serves itself. */
function mojolicious(label: string, words: readonly Word[]): Invocation | undefined {
  const [, file = '', daemon] = words.map(({ value }) => value);
  if (label !== 'perl' || file.startsWith('-') || daemon !== 'daemon') return undefined;
  return { program: 'perl daemon', label: `perl ${baseName(file)} daemon`, args: words.slice(3) };
}

/** `bun ./index.html`: its own server for pages. */
function bunPage(label: string, words: readonly Word[]): Invocation | undefined {
  if (label !== 'bun') return undefined;
  const [first, second] = words.slice(1).filter((word) => !isOption(word));
  const page = first?.value === 'run' ? second : first;
  const isPage = page?.value?.endsWith('.html') === true;
  return isPage
    ? { program: 'bun index.html', label: `bun ${baseName(page.value!)}`, args: words.slice(1) }
    : undefined;
}

/** `ruby -run -e httpd . -p 8080` */
function rubyServer(label: string, words: readonly Word[]): Invocation | undefined {
  const [, run, e, httpd] = words.map(({ value }) => value);
  if (label !== 'ruby' || run !== '-run' || e !== '-e' || httpd !== 'httpd') return undefined;
  return { program: 'ruby -run httpd', label: 'ruby -run -e httpd', args: words.slice(4) };
}

function pythonModule(label: string, words: readonly Word[]): Invocation | undefined {
  // The py launcher of Windows takes the version first: `py -3.11 -m ...`
  const rest = words.slice(/^-\d/.test(words[1]?.value ?? '') ? 2 : 1);
  const start = rest.findIndex((word) => word.value?.startsWith('-m'));
  if (start < 0 || readOptions(rest.slice(0, start), 0, PYTHON_OPTIONS)?.next !== start) return undefined;
  const attached = rest[start]?.value?.slice(2);
  const module = attached === '' ? rest[start + 1]?.value : attached;
  if (module === undefined) return undefined;
  return {
    program: `${MODULE}${module}`,
    label: `${label} -m ${module}`,
    args: rest.slice(start + (attached === '' ? 2 : 1)),
  };
}

const RUNS_A_FILE =
  /^(node|nodejs|bun|deno|tsx|ts-node|nodemon|ruby|php|perl|sh|bash|zsh|dash|python[\d.]*|py)$/;
const FILE_OPTIONS = [
  '-r',
  '--require',
  '--import',
  '--loader',
  '--env-file',
  '--ignore',
  '--include',
  '--exclude',
  '--watch-path',
  '--tsconfig',
  '-P',
  '--project',
  '-W',
  '-X',
  '-c',
  '-e',
  '-I',
];

/** What to call a program that is no tool we know: `server` for `node --watch src/server.ts`. */
export function commonName(words: readonly Word[]): string | undefined {
  const path = words[0]?.value;
  if (path === undefined) return undefined;
  const file = fileArgument(words);
  return withoutExtension(file === undefined || /^[./]*$/.test(file) ? programName(path) : baseName(file));
}

/** The file or package that a runtime is asked to run: `src/server.ts` of `node --watch src/server.ts`. */
export function fileArgument(words: readonly Word[]): string | undefined {
  const program = programName(words[0]?.value ?? '');
  const isGoRun = program === 'go' && words[1]?.value === 'run';
  return isGoRun || RUNS_A_FILE.test(program) ? firstArgument(words.slice(1)) : undefined;
}

/** `api.server` of `python -m api.server`. */
export function moduleOf(program: string | undefined): string | undefined {
  return program?.startsWith(MODULE) ? program.slice(MODULE.length) : undefined;
}

function firstArgument(args: readonly Word[]): string | undefined {
  const plain = args.filter(
    (word, index) => !isOption(word) && !FILE_OPTIONS.includes(args[index - 1]?.value ?? ''),
  );
  return plain.find((word) => word.value !== 'run' && word.value !== 'watch')?.value;
}

export function withoutExtension(name: string): string {
  return name.replace(/(?<=.)\.\w+$/, '');
}
