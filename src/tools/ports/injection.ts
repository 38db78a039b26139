import type { FileCopy, GivenPort, Injection, ScriptRewrite } from '../plan.ts';
import type { Program } from '../program.ts';
import { numberOf } from '../servers.ts';
import { type Edit, editArgv, editText } from '../text/edit.ts';
import { type ArgvSource, type CopySource, isWritable, rootOf, type ScriptSource } from '../text/word.ts';
import { deliveriesTo, hasHeadAlone, type Delivery } from './delivery.ts';
import { movedIn, type Moves } from './elsewhere.ts';
import { type FileVariable, movedVariables } from './mentions.ts';
import { overrideFiles } from './overrides.ts';
import type { PortEdits } from './way.ts';

/** Texts in which a number that means a server may stand. */
export interface Texts {
  argv: ArgvSource;
  scripts: readonly ScriptSource[];
  /** Those of them that start further ones. */
  leading: ReadonlySet<ScriptSource>;
  copies: readonly CopySource[];
  /** Where tunnels point. */
  targets: readonly NonNullable<PortEdits['target']>[];
  /** Of .env files. */
  variables: readonly FileVariable[];
  /** Numbers are exchanged inside Node programs too. */
  remaps?: boolean;
}

/** The command for its ports, in the order of its servers. */
export function injectionOf(
  servers: readonly Program[],
  all: readonly GivenPort[],
  { argv, scripts, leading, copies, targets, variables: ofFiles, remaps: isRemapped }: Texts,
): Injection {
  const ports = all.map(({ port }) => port);
  const own = servers.slice(0, ports.length);
  const ways = deliveriesTo(own);
  const alone = ownVariables(own, all, ways);
  const given = own.flatMap((program, index) => editsOf(program, ports[index]!, ways[index]!, alone[index]!));
  const moves = movesOf(own, ports, given, ways);
  const pointed = targets.flatMap(({ number, edits }) => edits(moves.get(number) ?? number));
  const wanted = [...given, ...pointed];
  const files = copiedFiles(copies, wanted, moves);
  const overrides = overrideFiles(own, ports);
  const told = [...files.map(({ tell }) => tell), ...overrides.flatMap(({ edits }) => edits)];
  const edits = [...wanted, ...told];
  const writable = scripts.filter((script) => script.writable);
  const rewrites = writable.flatMap((script) => rewriteOf(script, edits, moves, leading.has(script)));
  const shared = own.flatMap(({ edits: each }, index): [string, string][] => {
    const env = each.env(ports[index]!);
    return ways[index]!.shared.filter((name) => Object.hasOwn(env, name)).map((name) => [name, env[name]!]);
  });
  const opening = own.flatMap(({ command, edits: { reached } }) =>
    reached === false ? [] : Object.entries(command.opensBy ?? {}),
  );
  const written = [...files, ...overrides].map(({ file }) => file);
  const variables = [...opening, ...overrides.flatMap(({ env }) => Object.entries(env)), ...shared];
  const defaults = movedVariables(ofFiles, moves);
  const remaps = [...moves].filter(([from, to]) => from !== to);
  return {
    argv: editArgv(argv, edits, (text) => movedIn(text, moves)),
    ...(rewrites.length > 0 && { scripts: rewrites }),
    ...(written.length > 0 && { files: written }),
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(isRemapped && remaps.length > 0 && { remaps }),
    ...(variables.length > 0 && { env: Object.fromEntries(variables) }),
  };
}

function editsOf(
  { edits, command: { head } }: Program,
  port: number,
  way: Delivery,
  alone: GivenPort['variables'],
): Edit[] {
  const own = [...edits.edits(port), ...(way.inPlace ? (edits.inPlace?.(port) ?? []) : [])];
  const env: Record<string, string> = { ...edits.env(port), PORT: String(port) };
  const needed = way.head.map((name) => [name, env[name]!] as const);
  const variables = Object.entries({ ...Object.fromEntries(needed), ...alone });
  if (head === undefined || variables.length === 0) return own;
  const { source, start, end, text } = head;
  const words = variables.map(([name, value]) => `${name}=${value}`);
  return [...own, { source, start, end, words: [...words, text] }];
}

/** What is set for each server alone; the whole command has those of the first, and perhaps a PORT of one of them. */
function ownVariables(
  servers: readonly Program[],
  given: readonly GivenPort[],
  ways: readonly Delivery[],
): GivenPort['variables'][] {
  const isPortShared = ways.some(({ shared }) => shared.includes('PORT'));
  return servers.map((server, index) => {
    const { port, variables } = given[index]!;
    if (Object.keys(variables).length === 0 || !hasHeadAlone(server, servers)) return {};
    const isSet = server.command.assignments.some(({ name }) => name === 'PORT');
    const needsPort = isPortShared && !isSet && !ways[index]!.shared.includes('PORT');
    return { ...(needsPort && { PORT: String(port) }), ...(index > 0 && variables) };
  });
}

/**
 * The numbers that mean a server, and what they become. Two servers of one number can't be told apart; one that keeps
 * its number is still meant by it.
 */
function movesOf(
  servers: readonly Program[],
  ports: readonly number[],
  edits: readonly Edit[],
  ways: readonly Delivery[],
): Map<number, number> {
  const numbers = servers.map(numberOf);
  return new Map(
    servers.flatMap(({ edits: { reached } }, index) => {
      const number = numbers[index];
      const isOnly = numbers.filter((each) => each === number).length === 1;
      const isMoved = isReached(reached, edits) && ways[index]!.isPossible;
      return number !== undefined && isOnly && isMoved ? [[number, ports[index]!] as const] : [];
    }),
  );
}

const isReached = (reached: boolean | 'unsure', edits: readonly Edit[]): boolean =>
  reached === 'unsure' ? edits.length > 0 : reached;

/** A file that another one names comes before it: its reader is told there. */
function copiedFiles(
  copies: readonly CopySource[],
  wanted: readonly Edit[],
  moves: Moves,
): { file: FileCopy; tell: Edit }[] {
  const depth = ({ tell }: CopySource): number => {
    const root = rootOf(tell.source);
    return root.kind === 'copy' ? depth(root) + 1 : 0;
  };
  const files: { file: FileCopy; tell: Edit }[] = [];
  for (const copy of copies.toSorted((a, b) => depth(b) - depth(a)))
    files.push(...copiedFile(copy, [...wanted, ...files.map(({ tell }) => tell)], moves));
  return files;
}

/** The changed copy of a file, and the edit that makes its reader take it. */
function copiedFile(
  copy: CopySource,
  edits: readonly Edit[],
  moves: Moves,
): { file: FileCopy; tell: Edit }[] {
  if (!isWritable(copy)) return [];
  const own = edits.filter(({ source }) => rootOf(source) === copy);
  const text = editText(copy, own, (each) => movedIn(each, moves));
  const { path, place, tell } = copy;
  return text === copy.text ? [] : [{ file: { path, text, file: place.file, from: copy.text }, tell }];
}

function rewriteOf(
  script: ScriptSource,
  edits: readonly Edit[],
  moves: Moves,
  leads: boolean,
): ScriptRewrite[] {
  const own = edits.filter(({ source }) => rootOf(source) === script);
  const to = editText(script, own, (text) => movedIn(text, moves));
  const { name, place, text: from } = script;
  return to === from ? [] : [{ script: name, file: place?.file, from, to, ...(leads && { leads }) }];
}
