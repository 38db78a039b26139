import type * as Syntax from 'unbash';
import { type Command, joinDir } from './command.ts';
import type { ParseShell } from './shell-parser.ts';
import type { Assignment, TextSource, Word } from './word.ts';

export interface ScriptCommand extends Command {
  /** It ends the script, so that words the package manager appends are its arguments. */
  last: boolean;
}

/** What earlier commands of a script leave to later ones. */
interface Surroundings {
  dir: string | undefined;
  assignments: readonly Assignment[];
}

/**
 * The simple commands of a script that run whenever the script does, in their order. Those inside conditions, loops,
 * functions and substitutions are left out; and a text that bash would refuse has none.
 */
export function commandsOf(
  source: TextSource,
  dir: string | undefined,
  parseShell: ParseShell,
): ScriptCommand[] {
  // An escape at the very end would escape what is added there.
  if (/(?<!\\)(?:\\\\)*\\$/.test(source.text)) return [];
  const script = parseShell(source.text);
  if (script.errors?.length) return [];
  const found: ScriptCommand[] = [];
  walkAll(source, script.commands, { dir, assignments: [] }, found);
  return found;
}

function walkAll(
  source: TextSource,
  all: readonly Syntax.Statement[],
  start: Surroundings,
  found: ScriptCommand[],
) {
  return all.reduce((around, statement) => {
    const after = walk(source, statement.command, around, found);
    return statement.background === true ? around : after;
  }, start);
}

function walk(
  source: TextSource,
  node: Syntax.PipelineNode | Syntax.AndOr,
  around: Surroundings,
  found: ScriptCommand[],
): Surroundings {
  switch (node.type) {
    case 'Command':
      return simpleCommand(source, node, around, found);
    case 'AndOr':
      return node.commands.reduce((state, child) => walk(source, child, state, found), around);
    case 'Pipeline':
      // Each member of a pipeline runs in a subshell; a lone command after `!` or `time` does not.
      if (node.commands.length === 1) return walk(source, node.commands[0]!, around, found);
      for (const child of node.commands) walk(source, child, around, found);
      return around;
    case 'Redirected':
      return walk(source, node.command, around, found);
    case 'BraceGroup':
      return walkAll(source, node.body.commands, around, found);
    case 'Subshell':
      walkAll(source, node.body.commands, around, found);
      return around;
    default:
      return around;
  }
}

/** Commands of the shell about itself: they start nothing. */
const SETTINGS: ReadonlySet<string> = new Set(['set', 'shopt', 'trap', 'ulimit', 'umask', 'shift', 'unset']);

function simpleCommand(
  source: TextSource,
  node: Syntax.Command,
  around: Surroundings,
  found: ScriptCommand[],
): Surroundings {
  const own = node.prefix
    .filter((part) => part.type === 'Assignment')
    .map((part) => assignment(source, part));
  const assignments = [...around.assignments, ...own];
  if (node.name === undefined) return { ...around, assignments };
  const name = plainValue(node.name);
  if (name === 'export') {
    const exported = node.args.filter((part) => part.type === 'Assignment');
    return { ...around, assignments: [...assignments, ...exported.map((part) => assignment(source, part))] };
  }
  if (name === 'cd' || name === 'pushd' || name === 'popd')
    return { ...around, dir: changedDir(node, around.dir) };
  if (name !== undefined && SETTINGS.has(name)) return around;
  const words = [node.name, ...node.args].map((part) => word(source, part));
  found.push({
    words,
    assignments,
    dir: around.dir,
    slot: { source, at: words.at(-1)!.end, lead: [] },
    head: { source, start: node.name.pos, end: node.name.end, text: node.name.text },
    last: source.text.slice(node.end).trim() === '',
  });
  return around;
}

function changedDir(node: Syntax.Command, dir: string | undefined): string | undefined {
  const [target, ...more] = node.args;
  const value = target?.type === 'Word' ? plainValue(target) : undefined;
  const plain = plainValue(node.name!) === 'cd' && more.length === 0 && !value?.startsWith('-');
  return plain ? joinDir(dir, value) : undefined;
}

function word(source: TextSource, part: Syntax.CommandArgument): Word {
  const { pos: start, end, text } = part;
  if (part.type === 'Word') return { source, start, end, text, value: plainValue(part) };
  const { name, value } = assignment(source, part);
  return { source, start, end, text, value: value === undefined ? undefined : `${name}=${value}` };
}

function assignment(source: TextSource, part: Syntax.Assignment): Assignment {
  const plain = part.value.type === 'Word' && part.append !== true && part.index === undefined;
  const value = plain && part.value.type === 'Word' ? plainValue(part.value) : undefined;
  return { source, start: part.pos, end: part.end, name: part.name, value };
}

/** A word's value if it is the same whatever the shell's variables and files are. */
function plainValue(part: Syntax.Word): string | undefined {
  const plain = !part.text.startsWith('~') && (part.parts ?? []).every(isPlain);
  return plain ? part.value : undefined;
}

function isPlain(part: Syntax.WordPart): boolean {
  if (part.type === 'DoubleQuoted') return part.parts.every((child) => child.type === 'Literal');
  return part.type === 'Literal' || part.type === 'SingleQuoted';
}
