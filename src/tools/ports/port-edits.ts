import type { PortForm, Tool, VariableForm } from '../adapters/tool.ts';
import type { Match } from '../match/match.ts';
import { findPortWord, type PortWord } from '../match/port-words.ts';
import { fixedPort, numberIn, portNumber, shellVariable, withPort } from '../match/port-text.ts';
import { type Command, isStripped } from '../text/command.ts';
import type { Edit } from '../text/edit.ts';
import { type Assignment, isWritable, type Span } from '../text/word.ts';
import { addition, replacement } from './argument-edits.ts';
import type { PortEdits, Way } from './way.ts';

type NamedPort = Extract<PortWord, { kind: 'named' }>;
type NumberedPort = Extract<PortWord, { kind: 'number' }>;

const NO_EDITS = () => [];
const NO_VARIABLES = () => ({});

/** For a program that the table does not have: PORT reaches it, unless its own command sets PORT to something else. */
export function variableEdits(command: Command, variable = 'PORT', template?: string): PortEdits {
  const set = lastAssignment(command, variable);
  const said = set && numberIn(set.value ?? '', template);
  const wanted = fixedPort(set ? said?.port : defaultOf(command, variable));
  const plan = { wanted, env: NO_VARIABLES };
  if (set === undefined && isStripped(command, variable))
    return { ...plan, reached: false, how: `gets no ${variable}: ${command.strips?.hint}`, edits: NO_EDITS };
  if (set === undefined)
    return {
      ...plan,
      reached: 'unsure',
      how: `is given ${variable}, in case it reads that`,
      edits: NO_EDITS,
      readsPort: true,
    };
  const named = byName(set);
  if (named) return named;
  if (said === undefined || !isReplaceable(set, template))
    return {
      ...plan,
      reached: false,
      how: `gets ${variable} from its command, which is left as it is`,
      edits: NO_EDITS,
    };
  return {
    ...plan,
    reached: true,
    how: `gets ${variable}=${set.value} from its command, where it is replaced`,
    edits: (port) => [assign(set, `${said.prefix}${port}${said.suffix}`)],
  };
}

/** For a tool of the table: by its arguments, and by those variables it reads that the command sets itself. */
export function toolEdits(match: Match, command: Command, pointed?: number): PortEdits {
  const { tool } = match;
  if (tool.target && tool.port.length === 0) return pointsAt(match, command, pointed);
  // Its own files say its port, and a PORT that its command sets is there for them.
  if (tool.port.length === 0 && lastAssignment(command, 'PORT')) return variableEdits(command);
  const found = findPortWord(match, tool.port);
  const nothing = { edits: NO_EDITS, env: NO_VARIABLES, reached: false as const };
  if (found.kind === 'unclear')
    return { ...nothing, wanted: undefined, how: 'is given its port by words that are left as they are' };
  if (found.kind === 'named') return inVariable(found, command, tool.environment);
  if (found.kind === 'number' && !isWritable(found.word.source)) {
    const how = `has the port ${found.port} where it can't be replaced`;
    return { ...nothing, wanted: fixedPort(found.port), isFixed: true, how };
  }
  const set = assignedPorts(tool, command);
  const said = found.kind === 'number' ? found.port : (valueOf(set.at(-1)) ?? defaultOf(command, 'PORT'));
  const way = found.kind === 'none' ? chooseWay(match, command, set) : replacement(match, command, found);
  if (typeof way === 'string') return { ...nothing, wanted: fixedPort(said), how: way };
  const edits = (port: number) => [...way.edits(port), ...togetherWith(set, port)];
  const env = (port: number) => ({
    ...tool.environment,
    ...variableOf(way, port),
    ...way.env?.(port),
  });
  const readsPort = way.variable?.variable === 'PORT' && lastAssignment(command, 'PORT') === undefined;
  const isExpected = tool.expected && way.variable !== undefined && set.length === 0;
  const sure = isExpected
    ? ({ reached: 'unsure', how: `is given ${way.variable?.variable}, in case it reads that` } as const)
    : ({ reached: true, how: way.how } as const);
  return { wanted: fixedPort(said), ...sure, edits, env, readsPort };
}

/** A tunnel: the number that it is given is another service's. */
function pointsAt(match: Match, command: Command, pointed: number | undefined): PortEdits {
  const [form, ...others] = match.tool.target ?? [];
  const found = findPortWord(match, form ? [form, ...others] : []);
  const number = found.kind === 'number' ? found.port : pointed;
  const target =
    found.kind === 'number' ? targetOf(found) : form && pointed && addedTarget(match, command, form, pointed);
  return {
    wanted: undefined,
    reached: false,
    how: `points at ${number === undefined ? 'another service' : `port ${number}`}`,
    edits: NO_EDITS,
    env: NO_VARIABLES,
    ...(target && { target }),
  };
}

function addedTarget(match: Match, command: Command, form: PortForm, number: number): PortEdits['target'] {
  const way = 'variable' in form ? undefined : addition(match, command, form, false);
  if (way === undefined || typeof way === 'string') return undefined;
  return { number, edits: (port) => (port === number ? [] : way.edits(port).map(forItsText)) };
}

/** In a text for a shell, quotes and braces stand between quotes. */
function forItsText(edit: Edit): Edit {
  if (edit.source.kind === 'argv') return edit;
  return { ...edit, words: edit.words.map((word) => (/[{"]/.test(word) ? `'${word}'` : word)) };
}

function targetOf({ word, prefix, port: number, suffix }: NumberedPort): PortEdits['target'] {
  if (!isWritable(word.source)) return undefined;
  return { number, edits: (port) => [{ ...spanOf(word), words: [`${prefix}${port}${suffix}`] }] };
}

/** `vite --port $WEB_PORT`: the number is given where the shell takes it from. */
function inVariable(
  { name, fallback, word, prefix = '' }: Pick<NamedPort, 'name' | 'fallback'> & Partial<NamedPort>,
  command: Command,
  environment: Tool['environment'],
): PortEdits {
  const set = lastAssignment(command, name);
  const wanted = fixedPort(fallback ?? portNumber(set?.value));
  const how = `takes its port from $${name}`;
  if (set && !isReplaceable(set, undefined))
    return {
      wanted,
      reached: false,
      how: `${how}, which its command sets and which is left as it is`,
      edits: NO_EDITS,
      env: NO_VARIABLES,
    };
  if (!set && isStripped(command, name))
    return {
      wanted,
      reached: false,
      how: `gets no ${name}: ${command.strips?.hint}`,
      edits: NO_EDITS,
      env: NO_VARIABLES,
    };
  const edits = set ? (port: number) => [assign(set, String(port))] : NO_EDITS;
  const inPlace = (port: number) =>
    word && isWritable(word.source) ? [{ ...spanOf(word), words: [`${prefix}${port}`] }] : [];
  return {
    wanted,
    reached: true,
    how,
    edits,
    env: (port) => ({
      ...environment,
      ...(name !== 'PORT' && { [name]: String(port) }),
    }),
    ...(!set && { readsPort: name === 'PORT', inPlace }),
  };
}

/** `PORT=${WEB_PORT:-3000}`: what the command sets, it takes from a variable that we can set. */
function byName({ name, source, start, end }: Assignment): PortEdits | undefined {
  const text = source.kind === 'argv' ? '' : source.text.slice(start, end);
  const found = text.startsWith(`${name}=`) ? shellVariable(text.slice(name.length + 1)) : undefined;
  return found && found.name !== name
    ? inVariable(found, { words: [], assignments: [], dir: '.', slot: undefined }, undefined)
    : undefined;
}

interface SetPort {
  form: VariableForm;
  assignment: Assignment;
}

/** The first form that works from here. */
function chooseWay(match: Match, command: Command, set: readonly SetPort[]): Way | string {
  const reasons: string[] = [];
  for (const form of match.tool.port) {
    const way =
      'variable' in form ? byVariable(form, command, set) : addition(match, command, form, set.length > 0);
    if (typeof way !== 'string') return way;
    reasons.push(way);
  }
  return (command.strips ? reasons[0] : reasons.at(-1)) ?? 'takes its port from files of its own only';
}

function byVariable(form: VariableForm, command: Command, set: readonly SetPort[]): Way | string {
  const { variable } = form;
  const own = set.find((each) => each.form.variable === variable);
  const named = own && byName(own.assignment);
  if (named) return { how: `takes its port from ${variable}`, env: named.env, edits: NO_EDITS };
  if (own && !isReplaceable(own.assignment, own.form.value))
    return `reads ${variable}, which its command sets and which is left as it is`;
  if (!own && isStripped(command, variable)) return `gets no ${variable}: ${command.strips?.hint}`;
  return { how: `takes its port from ${form.variable}`, variable: form, edits: NO_EDITS };
}

/** Numbers in variables follow, as far as they can be written. */
function togetherWith(set: readonly SetPort[], port: number): Edit[] {
  return set
    .filter(({ form, assignment }) => isReplaceable(assignment, form.value))
    .map(({ form, assignment }) => {
      const { prefix = '', suffix = '' } = numberIn(assignment.value ?? '', form.value) ?? {};
      return assign(assignment, `${prefix}${port}${suffix}`);
    });
}

/** PORT and the variables that the tool reads, as far as the command itself sets them to something. */
function assignedPorts(tool: Tool, command: Command): SetPort[] {
  const forms = tool.port.filter((form): form is VariableForm => 'variable' in form);
  const reads = forms.some(({ variable }) => variable === 'PORT');
  return [...(reads ? [] : [{ variable: 'PORT' }]), ...forms].flatMap((form) => {
    const assignment = lastAssignment(command, form.variable);
    // In a file that is loaded, PORT is for those that read it.
    const isMeant = reads || form.variable !== 'PORT' || !assignment?.isLoaded;
    return assignment && isMeant ? [{ form, assignment }] : [];
  });
}

function valueOf(set: SetPort | undefined): number | undefined {
  if (set === undefined) return undefined;
  return numberIn(set.assignment.value ?? '', set.form.value)?.port ?? byName(set.assignment)?.wanted;
}

/** PORT is given to every program anyway. */
function variableOf({ variable: form }: Way, port: number): Record<string, string> {
  return form === undefined || form.variable === 'PORT'
    ? {}
    : { [form.variable]: withPort(form.value, port) };
}

function isReplaceable({ value, source }: Assignment, template: string | undefined): boolean {
  return value !== undefined && numberIn(value, template) !== undefined && isWritable(source);
}

function lastAssignment(command: Command, name: string): Assignment | undefined {
  return command.assignments.findLast(
    (assignment) => assignment.name === name && ownDefault(assignment) === undefined,
  );
}

/** `PORT="${PORT:-3000}"`: what is set already stays. */
function ownDefault({ name, source, start, end }: Assignment): { fallback: number | undefined } | undefined {
  const text = source.kind === 'argv' ? '' : source.text.slice(start, end);
  const found = text.startsWith(`${name}=`) ? shellVariable(text.slice(name.length + 1)) : undefined;
  return found?.name === name ? found : undefined;
}

function defaultOf(command: Command, name: string): number | undefined {
  const own = command.assignments.findLast((assignment) => assignment.name === name);
  return own && ownDefault(own)?.fallback;
}

function assign(assignment: Assignment, value: string): Edit {
  return { ...spanOf(assignment), words: [`${assignment.name}=${value}`] };
}

const spanOf = ({ source, start, end }: Span): Span => ({ source, start, end });
