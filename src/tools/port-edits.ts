import type { Match } from './adapter.ts';
import { argumentEdits } from './argument-edits.ts';
import type { Command } from './command.ts';
import { fixedPort, portNumber } from './port-words.ts';
import { type Assignment, type Edit, isWritable } from './word.ts';

/** How one command is given a port. */
export interface PortEdits {
  /** The port it has now. */
  wanted: number | undefined;
  /** For people: the end of a sentence that begins with the program. */
  how: string;
  /** They change at most one script, and argv. */
  edits: (port: number) => readonly Edit[];
}

const NO_EDITS = () => [];

/** For a program that no adapter knows: PORT reaches it, unless its own command sets PORT to something else. */
export function variableEdits(command: Command): PortEdits {
  const set = lastAssignment(command, 'PORT');
  const wanted = fixedPort(portNumber(set?.value));
  if (set === undefined) return { wanted, how: 'is expected to read PORT', edits: NO_EDITS };
  if (!isReplaceable(set))
    return { wanted, how: 'gets PORT from its command, which is left as it is', edits: NO_EDITS };
  return {
    wanted,
    how: `gets PORT=${set.value} from its command, where it is replaced`,
    edits: (port) => [assign(set, port)],
  };
}

/** For a tool that is known: by its arguments, and by those variables it reads that the command sets itself. */
export function toolEdits(match: Match, command: Command): PortEdits {
  const { adapter } = match;
  const names = [
    'PORT',
    ...(adapter.reads ?? []),
    ...(adapter.port.kind === 'variable' ? [adapter.port.name] : []),
  ];
  const set = [...new Set(names)]
    .map((name) => lastAssignment(command, name))
    .filter((found) => found !== undefined);
  const given = argumentEdits(match, command, set);
  const wanted = fixedPort(given.port ?? portNumber(set.at(-1)?.value));
  if (!given.reached) return { wanted, how: given.how, edits: NO_EDITS };
  const replaceable = set.filter(isReplaceable);
  const sources = [given.source, ...replaceable.map((found) => found.source)];
  const script = sources.find((source) => source?.kind === 'script');
  const replaced = replaceable.filter(({ source }) => source.kind === 'argv' || source === script);
  const edits = (port: number) => [...given.edits(port), ...replaced.map((found) => assign(found, port))];
  return { wanted, how: given.how, edits };
}

function isReplaceable(assignment: Assignment): boolean {
  return portNumber(assignment.value) !== undefined && isWritable(assignment.source);
}

function lastAssignment(command: Command, name: string): Assignment | undefined {
  return command.assignments.findLast((assignment) => assignment.name === name);
}

function assign({ source, start, end, name }: Assignment, port: number): Edit {
  return { source, start, end, words: [`${name}=${port}`] };
}
