import { describe } from '../tools/describe.ts';
import type { Program } from '../tools/program.ts';
import { programsOf } from '../tools/programs.ts';
import type { Project } from '../tools/project.ts';
import { type PackageFile, scriptPlace } from '../tools/runners/package-file.ts';
import { SHELLS } from '../tools/runners/shells.ts';
import { type Command, programName } from '../tools/text/command.ts';
import { editText, type Edit } from '../tools/text/edit.ts';
import { commandsOf } from '../tools/text/script.ts';
import type { ParseShell } from '../tools/text/shell-parser.ts';
import { quotedSource, type ScriptSource, type TextSource, type Word } from '../tools/text/word.ts';
import { isNoServer } from '../tools/servers.ts';
import { isBypassed, isWrapper } from '../tools/wrapper.ts';
import { isLikelyServer, scriptsNamed } from './likely-server.ts';

/** What `styxy init` makes of one script of a package.json. */
export interface ScriptPlan {
  /** Folder of the package.json, relative to the project's. */
  dir: string;
  name: string;
  before: string;
  /** The same text when nothing is to be changed. */
  after: string;
  /** The programs that get the wrapper: `vite`, `next dev`. */
  servers: readonly string[];
  /** It may start a server, and nobody can tell: it is changed only when the user says so. */
  isUnsure: boolean;
  /** package.json files of folders whose scripts it runs. */
  runs: readonly string[];
}

interface Search {
  project: Project;
  parseShell: ParseShell;
  own: PackageFile;
  script: string;
  /** Programs that may be servers get the wrapper, too. */
  takesUnsure: boolean;
}

interface Findings {
  edits: Edit[];
  servers: string[];
  isUnsure: boolean;
  runs: string[];
}

/**
 * Puts the wrapper before each command of a script that binds a port. Scripts that run other scripts stay as they are:
 * those have their own.
 * @param wrapper its words: `node styxy.cjs run --`
 * @param also the user's word that this script starts a server
 */
export function planScript(
  own: PackageFile,
  script: string,
  { project, parseShell }: Pick<Search, 'project' | 'parseShell'>,
  { wrapper, also }: { wrapper: readonly string[]; also: boolean },
): ScriptPlan {
  const text = own.scripts[script] ?? '';
  const place = scriptPlace(project, own.dir, script);
  const source: ScriptSource = { kind: 'script', name: script, text, writable: true, place };
  const search = { project, parseShell, own, script, takesUnsure: also };
  const found = inText(source, own.dir, wrapper, search);
  return {
    dir: own.dir,
    name: script,
    before: text,
    after: found.edits.length === 0 ? text : editText(source, found.edits, () => []),
    servers: found.servers,
    isUnsure: (found.isUnsure && found.servers.length === 0) || isBeyondUs(text, script, found),
    runs: found.runs,
  };
}

/** Conditions, loops and functions: which of their commands run, only the shell knows. */
function isBeyondUs(text: string, script: string, { servers, runs }: Findings): boolean {
  const isCompound = /(^|[;&|(]\s*)(if|for|while|until|case|\w+\(\))\s/.test(text.trim());
  return isCompound && servers.length + runs.length === 0 && SERVER_SCRIPTS.test(script);
}

function inText(
  source: TextSource,
  dir: string | undefined,
  wrapper: readonly string[],
  search: Search,
): Findings {
  const all = commandsOf(source, dir, search.parseShell).map((command) =>
    inCommand(command, wrapper, search),
  );
  return together(all);
}

function together(all: readonly Findings[]): Findings {
  return {
    edits: all.flatMap(({ edits }) => edits),
    servers: all.flatMap(({ servers }) => servers),
    isUnsure: all.some(({ isUnsure }) => isUnsure),
    runs: all.flatMap(({ runs }) => runs),
  };
}

const NOTHING: Findings = { edits: [], servers: [], isUnsure: false, runs: [] };

function inCommand(whole: Command, wrapper: readonly string[], search: Search): Findings {
  const command = behindShellWords(whole);
  const [first] = command.words;
  if (first === undefined || isBypassed(command) || isWrapper(command.words)) return NOTHING;
  const { project, own, script, takesUnsure } = search;
  const programs = programsOf(command, project).map((each) => describe(each, project));
  const runs = programs.flatMap(({ trail }) => scriptFiles(trail));
  const direct = programs.filter(({ trail }) => scriptFiles(trail).length === 0);
  const inner = isShellOfTexts(command) ? texts(command, direct) : [];
  if (inner.length > 0)
    return together([
      { ...NOTHING, runs },
      ...inner.flatMap((word) => inQuotes(word, command.dir, wrapper, search)),
    ]);
  const servers = direct.filter((each) => binds(each) || isLikelyServer(each, own, script, project));
  const unsure = direct.filter((each) => mayServe(each, script));
  const meant = servers.length === 0 && takesUnsure ? unsure : servers;
  if (meant.length === 0) return { ...NOTHING, isUnsure: unsure.length > 0, runs };
  const { source, start, end, text } = first;
  return {
    edits: [{ source, start, end, words: [...wrapper, text] }],
    servers: meant.map(({ label }) => label),
    isUnsure: false,
    runs,
  };
}

/**
 * Not what tests with a port of its own and then ends, and no containers: what uses those finds them by the port that
 * their own file says.
 */
const binds = ({ binds: answer, serviceType, hostPorts }: Program): boolean =>
  answer === 'yes' && serviceType !== 'test' && hostPorts.length === 0;

/** Words of the shell itself, which only it can run. */
const SHELL_WORDS = ['exec', 'command', 'builtin', 'time', '!'];

function behindShellWords(command: Command): Command {
  const { words } = command;
  const isShells = SHELL_WORDS.includes(words[0]?.value ?? '') && words.length > 1;
  return isShells ? behindShellWords({ ...command, words: words.slice(1) }) : command;
}

function scriptFiles(trail: Program['trail']): string[] {
  return trail.flatMap(({ kind, place }) =>
    kind === 'script' ? [place?.file.replace(/\/?package\.json$/, '') || '.'] : [],
  );
}

/** Names of scripts under which a server would be started. */
const SERVER_SCRIPTS = scriptsNamed('demo', 'web', 'api');
function mayServe({ binds: answer, words }: Program, script: string): boolean {
  return answer !== 'yes' && SERVER_SCRIPTS.test(script) && !isNoServer(words);
}

/** Programs that start each of several texts by a shell. */
const SHELLS_OF_TEXTS = ['concurrently', 'conc', 'mprocs', ...SHELLS];

function isShellOfTexts({ words }: Command): boolean {
  return SHELLS_OF_TEXTS.includes(programName(words[0]?.value ?? ''));
}

/** The quoted words of a command in which programs stand; none when one of them can't be edited in its quotes. */
function texts({ words }: Command, programs: readonly Program[]): Word[] {
  const own = words[0]?.source;
  const found = programs.flatMap((program) => {
    let word = program.command.words[0];
    while (word?.source.kind === 'quoted' && word.source.outer.source !== own) word = word.source.outer;
    return word?.source.kind === 'quoted' ? [word.source.outer] : [];
  });
  const once = [...new Map(found.map((word) => [word.start, word])).values()];
  return once.every(isLiteral) ? once : [];
}

/** What stands between its quotes is its value, so that an edit keeps the quotes and all that is in them. */
function isLiteral({ text, value }: Word): boolean {
  return value !== undefined && (text === `"${value}"` || text === `'${value}'`);
}

function inQuotes(
  word: Word,
  dir: string | undefined,
  wrapper: readonly string[],
  search: Search,
): Findings[] {
  const source = quotedSource(word);
  return source === undefined ? [] : [inText(source, dir, wrapper, search)];
}
