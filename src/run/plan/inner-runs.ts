import { StyxyError } from '../../base/styxy-error.ts';
import type { Program } from '../../tools/program.ts';
import { isNoServer } from '../../tools/servers.ts';

/** What a command starts, as far as it was read. */
type Started = Pick<Program, 'words' | 'folder' | 'trail'>;

/** Words of a shell that serve nothing. */
const BUILTINS = /^(wait|cd|echo|printf|exit|true|:|trap|export|set)$/;

/**
 * The runs of Styxy that a command is made of: a package script that has the prefix already, behind one more.
 * @returns none where it starts anything else
 */
export function innerRuns(command: readonly string[], programs: readonly Started[]): readonly Started[] {
  const known = programs.filter(({ words: [first = ''] }) => !BUILTINS.test(first));
  const all = known.length > 0 ? known : [{ words: command, folder: '.', trail: [] }];
  return all.every(({ words }) => runArguments(words)) ? all : [];
}

export interface InnerRuns {
  count: number;
  /** For people: what becomes of the port. */
  because: string;
}

/**
 * Whether the ports of further runs are leased for them, as for any programs of one command: what each of them starts is
 * known, and so is everything beside them. One run alone goes on with the port of the outer one.
 */
export function areFollowed(programs: readonly Pick<Program, 'words' | 'binds'>[]): boolean {
  const all = programs.filter(({ words: [first = ''] }) => !BUILTINS.test(first));
  const others = all.filter(({ words }) => !runArguments(words));
  const isKnown = others.every(({ words, binds }) => binds !== 'maybe' || isNoServer(words));
  return all.length > 1 && others.length < all.length && isKnown;
}

/** Each of the runs was followed, and starts one program. */
export function isOneEach(
  before: readonly Pick<Program, 'words'>[],
  programs: readonly Pick<Program, 'command'>[],
): boolean {
  const runs = programs.flatMap(({ command: { run } }) => run ?? []);
  const count = before.filter(({ words }) => runArguments(words)).length;
  return runs.length === count && new Set(runs).size === count;
}

/** @returns undefined where the command starts anything else @throws StyxyError USAGE for what runs itself */
export function readInnerRuns(
  command: readonly string[],
  programs: readonly Started[],
  service: string | undefined,
  services: Readonly<Record<string, unknown>> | undefined,
): InnerRuns | undefined {
  const runs = innerRuns(command, programs);
  refuseItself(runs, service, services);
  const { length: count } = runs;
  if (count === 0) return undefined;
  const because =
    count === 1
      ? 'the command runs Styxy once more, which goes on with this port'
      : 'the command runs Styxy several times, each with a port of its own';
  return { count, because };
}

/**
 * @param service the one that is started; `services`: all that the project configures
 * @throws StyxyError USAGE for a service or script whose command starts it again, which would go on for ever
 */
export function refuseItself(
  runs: readonly Started[],
  service: string | undefined,
  services: Readonly<Record<string, unknown>> = {},
): void {
  for (const { words, folder, trail } of runs) {
    const name = nameToRun(runArguments(words) ?? []);
    if (name === undefined) continue;
    const isService = Object.hasOwn(services, name);
    if (isService && name === service && folder === '.')
      throw runsItself('service', name, words, 'services.<name>.command is to be the command of the program');
    const script = trail.find((step) => step.kind === 'script' && step.name === name);
    if (!isService && script && folderOf(script.place?.file) === folder)
      throw runsItself('script', name, words, 'give the script the command of the program');
  }
}

function runsItself(kind: string, name: string, words: readonly string[], advice: string): StyxyError {
  return new StyxyError('USAGE', `${kind} "${name}" runs itself`, {
    why: `it comes to "${words.map(plainWord).join(' ')}", which is the same ${kind} again, and so on for ever`,
    hint: `${advice.replace('<name>', name)}, e.g. styxy run -- vite`,
  });
}

const plainWord = (word: string): string => (/[\\/]styxy(\.c?js)?$/.test(word) ? 'styxy' : word);

const folderOf = (file = 'package.json'): string => file.split('/').slice(0, -1).join('/') || '.';

/** What stands behind `styxy run`. */
function runArguments(words: readonly string[]): readonly string[] | undefined {
  const isStyxy = (word = ''): boolean => /(^|[\\/])styxy(\.c?js)?$/.test(word);
  const isNode = /(^|[\\/])node(js)?$/.test(words[0] ?? '');
  const at = isNode ? 1 : 0;
  return isStyxy(words[at]) && words[at + 1] === 'run' ? words.slice(at + 2) : undefined;
}

/** The service or script that is named; a command of any other kind is none. */
function nameToRun(given: readonly string[]): string | undefined {
  if (given.includes('--')) return undefined;
  const [first] = given;
  return first?.startsWith('-') ? given.at(-1) : first;
}
