import { asObject, asText, asTexts, type Project } from '../project.ts';
import { type Command, isPackage, joinDir, programName } from '../text/command.ts';
import { isOption } from '../text/options.ts';
import { commandsOf } from '../text/script.ts';
import { parser } from '../project.ts';
import type { ScriptSource } from '../text/word.ts';
import { readManager } from './manager-call.ts';
import {
  matches,
  type PackageFile,
  packagesBelow,
  readPackage,
  scriptPlace,
  workspacePackages,
  workspaceRoot,
} from './package-file.ts';
import type { ScriptCall, Selection } from './script-call.ts';
import { isOwnTool } from './own-tool.ts';
import { headOf, passing, type Start, textStarts } from './start.ts';

/** What a package manager starts: the commands of a script, or a program of the package. */
export function packageStarts(command: Command, project: Project): readonly Start[] | undefined {
  const call = readManager(command.words);
  return call && followCall(call, command, project);
}

export function followCall(
  call: ScriptCall,
  command: Command,
  project: Project,
): readonly Start[] | undefined {
  const dir = joinDir(command.dir, call.dir);
  if (dir === undefined) return undefined;
  const dirs = call.packages ? selected(project, dir, call.packages, call.script) : [dir];
  const found = dirs.map((each) =>
    inPackage(call, { ...command, dir: each }, each, project, dirs.length > 1),
  );
  const starts = found.filter((each) => each !== undefined);
  return starts.length === 0 ? undefined : starts.flat();
}

function inPackage(
  call: ScriptCall,
  command: Command,
  dir: string,
  project: Project,
  isOneOfMany: boolean,
): readonly Start[] | undefined {
  const own = call.script === undefined ? undefined : readPackage(project, dir);
  const text =
    own && call.script !== undefined && Object.hasOwn(own.scripts, call.script)
      ? own.scripts[call.script]
      : undefined;
  const several = own && scriptsByPattern(call.script, own);
  if (several)
    return several.flatMap((script) => inPackage({ ...call, script }, command, dir, project, true) ?? []);
  const slot = isOneOfMany ? undefined : slotThrough(command, call);
  if (own && text !== undefined && !isOwnTool(call, own, text, project))
    return scriptStarts({ ...call, script: call.script! }, { ...command, slot }, own, text, project);
  // Bun runs files itself.
  if (!startsProgram(call) || isFileOfBun(command, call)) return undefined;
  return [{ command: { ...command, words: call.program, dir, slot } }];
}

/** A regular expression in place of a name, as pnpm takes it. */
function scriptsByPattern(script: string | undefined, own: PackageFile): string[] | undefined {
  const [, source] = /^\/(.+)\/$/.exec(script ?? '') ?? [];
  if (source === undefined || /[+*{]\)?[+*{]/.test(source)) return undefined;
  const names = Object.keys(own.scripts).filter((name) => new RegExp(source).test(name));
  return names.length === 0 ? undefined : names;
}

function startsProgram({ script, program }: ScriptCall): boolean {
  return script === undefined ? isPackage(program[0]) : program.length > 0;
}

function isFileOfBun({ words }: Command, { script }: ScriptCall): boolean {
  const isBun = programName(words[0]?.value ?? '') === 'bun';
  return isBun && script !== undefined && /\.([cm]?[jt]sx?|html)$|^\.{0,2}\//.test(script);
}

/** The commands of a script as the package manager runs them: its extra words go to the last one. */
function scriptStarts(
  call: ScriptCall & { script: string },
  outer: Command,
  own: PackageFile,
  text: string,
  project: Project,
): Start[] {
  const { script: name } = call;
  const place = scriptPlace(project, own.dir, name);
  const writable = call.writable && !project.keepsScripts && !(isYarn(outer) && ownShell(project, own));
  const source: ScriptSource = { kind: 'script', name, text, writable, place };
  const step = { name, kind: 'script', place, source } as const;
  if (text.trim() === 'wireit') return wireitStarts(own, name, outer, project);
  const parseShell = parser(project, 'shell');
  const inner = parseShell === undefined ? [] : commandsOf(source, own.dir, parseShell);
  if (inner.length === 0) return [{ step, command: outer, final: true }];
  // What is added has to follow a subcommand.
  const isLed = call.extra[0] !== undefined && !isOption(call.extra[0]);
  return inner.map(({ last, head, ...each }) => ({
    step,
    command: {
      ...each,
      ...headOf(head, outer, project),
      words: last ? [...each.words, ...call.extra] : each.words,
      assignments: [...outer.assignments, ...each.assignments],
      slot: writable && !(last && isLed) ? each.slot : last ? outer.slot : undefined,
      ...passing(outer),
    },
  }));
}

function isYarn({ words }: Command): boolean {
  return programName(words[0]?.value ?? '') === 'yarn';
}

/** Yarn from version 2 has a shell of its own. */
function ownShell(project: Project, own: PackageFile): boolean {
  const root = workspaceRoot(project, own.dir) ?? own.dir;
  const manager = own.packageManager ?? readPackage(project, root)?.packageManager;
  if (manager !== undefined) return /^yarn@([2-9]|\d\d|berry)/.test(manager);
  return [own.dir, root].some((dir) => project.readFile(`${dir}/.yarnrc.yml`) !== undefined);
}

/** The command that package.json keeps for wireit under the script's name, and those it depends on. */
function wireitStarts(
  own: PackageFile,
  name: string,
  outer: Command,
  project: Project,
  seen: string[] = [],
): Start[] {
  const entry = asObject(asObject(own.content.wireit)?.[name]);
  if (entry === undefined || seen.includes(name)) return [];
  const place = { ...scriptPlace(project, own.dir, name) };
  const text = asText(entry.command);
  const before = asTexts(entry.dependencies).filter((each) => /^[\w:-]+$/.test(each));
  const first = before.flatMap((each) => wireitStarts(own, each, outer, project, [...seen, name]));
  if (text === undefined) return first;
  const step = { name, kind: 'script', place } as const;
  return [...first, ...textStarts({ kind: 'file', text, place }, { ...outer, dir: own.dir }, project, step)];
}

/** The folders of the packages that a filter names and that have the script. */
function selected(
  project: Project,
  dir: string,
  { filters, isRecursive }: Selection,
  script: string | undefined,
): string[] {
  const root = workspaceRoot(project, dir);
  const hasScript = ({ scripts }: PackageFile): boolean =>
    script === undefined || Object.hasOwn(scripts, script);
  if (root === undefined && filters.length > 0) return directFolders(project, dir, filters);
  if (root === undefined) {
    const found = isRecursive && script !== undefined ? packagesBelow(project, dir) : [];
    return found.filter(hasScript).map((each) => each.dir);
  }
  const all = workspacePackages(project, root);
  const without = filters.flatMap((filter) => (filter?.startsWith('!') ? [filter.slice(1)] : []));
  const wanted = filters.filter((filter) => !filter?.startsWith('!'));
  const isOneOf = (list: readonly (string | undefined)[], each: PackageFile): boolean =>
    list.some((filter) => fits(filter, each, root, dir));
  const kept = all.filter(
    (each) => (wanted.length === 0 || isOneOf(wanted, each)) && !isOneOf(without, each),
  );
  return kept.filter(hasScript).map((each) => each.dir);
}

/** `npm -w apps/web` in a folder that says nothing of workspaces. */
function directFolders(project: Project, dir: string, filters: readonly (string | undefined)[]): string[] {
  return filters.flatMap((filter) => {
    const folder = filter === undefined ? undefined : joinDir(dir, filter);
    return folder !== undefined && readPackage(project, folder) ? [folder] : [];
  });
}

function fits(
  filter: string | undefined,
  { name, dir: folder }: PackageFile,
  root: string,
  dir: string,
): boolean {
  if (filter === undefined) return false;
  const pattern = filter
    .replace(/^\.\.\.\^?/, '')
    .replace(/\^?\.\.\.$/, '')
    .replace(/^\{(.*)\}$/, '$1');
  if (/^\.{0,2}\/|^\.$/.test(pattern) || (pattern.includes('/') && !pattern.startsWith('@'))) {
    const path = pattern.replace(/\/\*\*?$/, '');
    const places = [joinDir(dir, path), joinDir(root, path)];
    return places.some((place) => folder === place || (path !== pattern && folder.startsWith(`${place}/`)));
  }
  return name !== undefined && (matches(pattern, name) || name.replace(/^@[^/]+\//, '') === pattern);
}

function slotThrough({ slot }: Command, call: ScriptCall): Command['slot'] {
  return slot && { ...slot, lead: [...slot.lead, ...call.lead] };
}
