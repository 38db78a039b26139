import type * as Syntax from 'unbash';
import { joinDir } from '../../tools/text/command.ts';
import type { ParseShell } from '../../tools/text/shell-parser.ts';
import type { Assignment, ScriptSource } from '../../tools/text/word.ts';
import type { Line, LineCommand, LineWord, Setting } from './command.ts';
import { initialVariables, meaningOf, type Meaning, type ReadInner, type Variables } from './meaning.ts';

/** What earlier commands of the line leave to later ones. */
interface State {
  dir: string | undefined;
  /** Those of a loop that names several. */
  dirs?: readonly string[] | undefined;
  variables: Variables;
  exported: readonly Assignment[];
  /** Whose output the commands here read. */
  input: readonly LineCommand[];
}

interface Reader {
  source: ScriptSource;
  setting: Setting;
  found: LineCommand[];
  files: Map<string, string>;
  isSimple: boolean;
}

/**
 * Every simple command of a line, in the order in which they stand in it: those of lists, pipelines, conditions, loops,
 * functions and substitutions too. undefined when bash would refuse the line, or the parser is not sure.
 */
export function readLine(text: string, parseShell: ParseShell, setting: Setting): Line | undefined {
  const script = parseShell(text);
  if (script.errors?.length) return undefined;
  const source: ScriptSource = { kind: 'script', name: '', text, writable: true };
  const reader: Reader = { source, setting, found: [], files: new Map(), isSimple: true };
  const start: State = { dir: '.', variables: initialVariables(setting), exported: [], input: [] };
  readAll(reader, script.commands, start);
  const commands = reader.found.toSorted((a, b) => a.words[0]!.start - b.words[0]!.start);
  return { commands, files: reader.files, isSimple: reader.isSimple };
}

function readAll(reader: Reader, statements: readonly Syntax.Statement[], start: State): State {
  return statements.reduce((state, { command, background }) => {
    const after = readNode(reader, command, state);
    return background === true ? state : after;
  }, start);
}

const SIMPLE: readonly string[] = ['Command', 'AndOr', 'Pipeline'];

type Node = Syntax.PipelineNode | Syntax.AndOr | Syntax.CompoundList;

function readNode(reader: Reader, node: Node, state: State): State {
  if (!SIMPLE.includes(node.type)) reader.isSimple = false;
  switch (node.type) {
    case 'Command':
      return readSimple(reader, node, state);
    case 'AndOr':
      return node.commands.reduce((before, child) => readNode(reader, child, before), state);
    case 'Pipeline':
      return readPipeline(reader, node, state);
    case 'Redirected':
      return readNode(reader, node.command, state);
    case 'CompoundList':
      return readAll(reader, node.commands, state);
    case 'BraceGroup':
      return readAll(reader, node.body.commands, state);
    case 'Subshell':
      readAll(reader, node.body.commands, state);
      return state;
    case 'Coproc':
    case 'Function':
      readNode(reader, node.body, state);
      return state;
    default:
      return readBranches(reader, node, state);
  }
}

/** Each member of a pipeline runs in a subshell; a lone command after `!` or `time` does not. */
function readPipeline(reader: Reader, { commands }: Syntax.Pipeline, state: State): State {
  if (commands.length === 1) return readNode(reader, commands[0]!, state);
  let input = state.input;
  for (const child of commands) {
    const before = reader.found.length;
    readNode(reader, child, { ...state, input });
    input = [...input, ...reader.found.slice(before)];
  }
  return state;
}

/** Parts that may run or not: what they change is unknown afterwards. */
function readBranches(
  reader: Reader,
  node: Exclude<Syntax.CompoundCommand, Syntax.Subshell | Syntax.BraceGroup>,
  state: State,
): State {
  const ends = branchesOf(node, reader, state).map(([body, start]) => readNode(reader, body, start));
  const variables = new Map(
    [...state.variables].filter(([name, meaning]) =>
      ends.every((end) => end.variables.get(name) === meaning),
    ),
  );
  const same = ends.every(({ dir, dirs }) => dir === state.dir && dirs === state.dirs);
  const exported = ends.flatMap((end) => end.exported.slice(state.exported.length));
  return {
    ...state,
    variables,
    exported: [...state.exported, ...exported.map((each) => ({ ...each, value: undefined }))],
    dir: same ? state.dir : undefined,
    dirs: same ? state.dirs : undefined,
  };
}

type Branch = [body: Syntax.CompoundList, start: State];

function branchesOf(node: Syntax.CompoundCommand, reader: Reader, state: State): Branch[] {
  switch (node.type) {
    case 'If': {
      const clauses = [node, ...node.elif].flatMap(({ clause, then }): Branch[] => [
        [clause, state],
        [then, state],
      ]);
      return node.else ? [...clauses, [node.else, state]] : clauses;
    }
    case 'For':
    case 'Select':
      return [[node.body, withVariable(state, node.name.value, wordList(node, reader, state))]];
    case 'While':
      return [
        [node.clause, state],
        [node.body, withReadVariables(node.clause, state)],
      ];
    case 'ArithmeticFor':
      return [[node.body, state]];
    case 'Case':
      return node.items.map(({ body }): Branch => [body, state]);
    default:
      return [];
  }
}

function wordList({ wordlist = [] }: Syntax.For | Syntax.Select, reader: Reader, state: State): Meaning {
  const all = wordlist.map((word) => meaningOf(word, state.variables, innerReader(reader, state)));
  const isKnown = all.every(({ values }) => values !== undefined);
  return {
    values: isKnown ? all.flatMap(({ values }) => values ?? []) : undefined,
    from: all.flatMap(({ from }) => from),
  };
}

/** `lsof -ti:3000 | while read pid; do ...`: the variable is what the pipeline prints. */
function withReadVariables({ commands }: Syntax.CompoundList, state: State): State {
  const [first] = commands;
  const node = first?.command.type === 'Command' ? first.command : undefined;
  if (node?.name?.value !== 'read') return state;
  const names = node.args.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text);
  return names.reduce(
    (before, name) => withVariable(before, name, { values: undefined, from: state.input }),
    state,
  );
}

function withVariable(state: State, name: string, meaning: Meaning): State {
  return { ...state, variables: new Map([...state.variables, [name, meaning]]) };
}

function innerReader(reader: Reader, state: State): ReadInner {
  return (script) => {
    reader.isSimple = false;
    // The positions in a script that owns its text are positions in that text.
    if (script === undefined || script.errors?.length || script.source !== undefined) return [];
    const before = reader.found.length;
    readAll(reader, script.commands, state);
    return reader.found.slice(before);
  };
}

function readSimple(reader: Reader, node: Syntax.Command, state: State): State {
  const inner = innerReader(reader, state);
  const set = node.prefix
    .filter((part) => part.type === 'Assignment')
    .map((part) => ({
      part,
      meaning: assigned(part, state.variables, inner),
    }));
  const own = set.map(({ part, meaning }) => assignment(reader.source, part, meaning));
  if (node.name === undefined) {
    reader.isSimple = false;
    return set.reduce((before, { part, meaning }) => withVariable(before, part.name, meaning), state);
  }
  const words = [node.name, ...node.args].map((part) =>
    lineWord(reader.source, part, state.variables, inner),
  );
  reader.found.push({
    words,
    assignments: [...state.exported, ...own],
    dir: state.dir,
    dirs: state.dirs,
    slot: undefined,
    input: state.input,
    inputText: inputText(node),
    span: { start: node.pos, end: node.end },
    redirects: node.redirects.some(isFile),
  });
  const file = writtenFile(words, node, state);
  if (file) reader.files.set(...file);
  return afterwards(reader, words, node, state);
}

/** The last of its heredocs, or of its `<<< text`. */
function inputText({ redirects }: Syntax.Command): string | undefined {
  const last = redirects.findLast(({ operator }) => operator.startsWith('<'));
  if (last?.type === 'HereDoc') return last.body.text;
  return last?.type === 'HereString' ? last.target?.value : undefined;
}

/** `cat > server.js <<'EOF'`, `tee server.js <<'EOF'`: the path and the text. */
function writtenFile(
  [program, first, ...others]: readonly LineWord[],
  { redirects }: Syntax.Command,
  { dir }: State,
): [string, string] | undefined {
  const text = redirects.find((each) => each.type === 'HereDoc')?.body.text;
  const target = redirects
    .filter((each) => each.type === 'Redirect')
    .find(({ operator }) => operator === '>' || operator === '>|')?.target?.value;
  const isTee = program?.value === 'tee' && others.length === 0;
  const isCat = program?.value === 'cat' && (first === undefined || first.value === '-');
  const path = joinDir(dir, isTee ? first?.value : isCat ? target : undefined);
  return text === undefined || path === undefined ? undefined : [path, text];
}

/** What a command of the shell itself changes for those after it. */
function afterwards(reader: Reader, words: readonly LineWord[], node: Syntax.Command, state: State): State {
  const name = words[0]!.value;
  if (name === 'cd' || name === 'pushd')
    return { ...state, dir: changedDir(words, reader.setting, state), dirs: loopDirs(words, state) };
  if (name === 'popd') return { ...state, dir: undefined, dirs: undefined };
  if (name !== 'export' && name !== 'declare' && name !== 'local' && name !== 'readonly') return state;
  const inner = innerReader(reader, state);
  return node.args
    .filter((part) => part.type === 'Assignment')
    .reduce((before, part) => {
      const meaning = assigned(part, state.variables, inner);
      const after = withVariable(before, part.name, meaning);
      const exported = [...before.exported, assignment(reader.source, part, meaning)];
      return name === 'export' ? { ...after, exported } : after;
    }, state);
}

function changedDir(words: readonly LineWord[], setting: Setting, state: State): string | undefined {
  const [target, ...more] = words.slice(1).filter(({ text }) => text !== '--' && text !== '-P');
  if (more.length > 0) return undefined;
  if (target === undefined) return state.variables.get('HOME')?.values?.[0];
  if (target.value?.startsWith('-') === true) return undefined;
  const [asked, ...others] = target.from;
  const asksTop = asked?.words.map(({ value }) => value).join(' ') === 'git rev-parse --show-toplevel';
  const isTop = asksTop && others.length === 0 && /^"?(\$\(.*\)|`.*`)"?$/.test(target.text);
  return isTop && state.dir === '.' ? setting.repository : joinDir(state.dir, target.value);
}

/** `for each in web api; do (cd apps/$each && ...)` */
function loopDirs([, target, ...more]: readonly LineWord[], { dir }: State): string[] | undefined {
  if (target === undefined || more.length > 0 || target.values.length < 2) return undefined;
  const all = target.values.map((each) => joinDir(dir, each));
  return all.every((each) => each !== undefined) ? all : undefined;
}

function lineWord(
  source: ScriptSource,
  part: Syntax.CommandArgument,
  variables: Variables,
  inner: ReadInner,
): LineWord {
  const { pos: start, end, text } = part;
  const meaning =
    part.type === 'Word' ? meaningOf(part, variables, inner) : named(part, assigned(part, variables, inner));
  const { values = [], from } = meaning;
  return { source, start, end, text, value: values.length === 1 ? values[0] : undefined, values, from };
}

function named({ name }: Syntax.Assignment, { values, from }: Meaning): Meaning {
  return { values: values?.map((value) => `${name}=${value}`), from };
}

function assigned(part: Syntax.Assignment, variables: Variables, inner: ReadInner): Meaning {
  const plain = part.value.type === 'Word' && part.append !== true && part.index === undefined;
  return plain && part.value.type === 'Word'
    ? meaningOf(part.value, variables, inner)
    : { values: undefined, from: [] };
}

function assignment(source: ScriptSource, part: Syntax.Assignment, { values }: Meaning): Assignment {
  const value = values?.length === 1 ? values[0] : undefined;
  return { source, start: part.pos, end: part.end, name: part.name, value };
}

/** Not `2>&1`, not `> /dev/null`. */
function isFile(redirect: Syntax.Redirection): boolean {
  if (redirect.type !== 'Redirect') return true;
  const target = redirect.target?.value ?? '';
  return (
    target !== '/dev/null' &&
    !(redirect.operator === '>&' && /^\d+$|^-$/.test(target)) &&
    redirect.operator !== '<'
  );
}
