import type { PortForm, Tool } from '../adapters/tool.ts';
import type { Project } from '../project.ts';
import { type Command, fileIn, joinDir } from '../text/command.ts';
import { beforeTerminator, isOption } from '../text/options.ts';
import type { Invocation } from './invocation.ts';
import type { Match } from './match.ts';
import { fixedPort } from './port-text.ts';
import { findPortWord } from './port-words.ts';

/** Options that carry a port wherever a server has them. */
const PORT: readonly PortForm[] = [
  { flag: '--port' },
  { flag: '--listen', value: '127.0.0.1:{port}' },
  { flag: '-p' },
];

/** Said by servers alone. A database or a host may be called `dev`, too. */
const SERVES = /^(dev-?)?serve[rs]?(:\w+)?$|^httpd$/;
const CLIENT = /^(psql|mysql|mariadb|mongo|mongosh|redis-cli|cqlsh|sqlcmd|curl|wget|telnet|nc|ncat|ssh|scp)$/;
const STARTS = /^(dev|develop|start|preview|watch|ui|web|studio)$/;

/**
 * A server that the table does not have, whose command says by convention that it is one, and has a port in it:
 * `mytool serve --port 4000`. Nothing is added where no number stands.
 */
export function conventionalServer(
  { program, label, args }: Invocation,
  command: Command,
  project: Project,
): Match | undefined {
  if (/\s/.test(program) || CLIENT.test(program)) return undefined;
  const tool: Tool = { name: program, programs: [program], serviceType: undefined, port: PORT };
  const match = { tool, label, args };
  const found = findPortWord(match, PORT);
  if (found.kind !== 'number' && found.kind !== 'named') return undefined;
  const verb = beforeTerminator(args).find((word) => !isOption(word))?.value ?? '';
  const serves = SERVES.test(verb) || SERVES.test(/-(\w+)$/.exec(program)?.[1] ?? '');
  return serves || (STARTS.test(verb) && isOfProject(program, command, project)) ? match : undefined;
}

const NAMED: readonly PortForm[] = [
  { flag: '--port', also: ['-port'] },
  { flag: '--listen', also: ['-listen'], value: '127.0.0.1:{port}' },
  { flag: '--addr', also: ['-addr'], value: '127.0.0.1:{port}' },
];
/** A file that is named by where it lies, or code that is run by its name. */
const OWN = /^\.{0,2}[\w.-]*\/|^(java|go|cargo|dotnet)$/;

/**
 * The port that a program of one's own is told: `./server --port 4000`. It may as well be a client's, so that no word is
 * changed.
 */
export function namedPort(invocation: Invocation | undefined, { words }: Command): number | undefined {
  const [first] = words;
  if (invocation === undefined || !OWN.test(first?.value ?? '') || first?.value?.startsWith('/'))
    return undefined;
  const { program, label, args } = invocation;
  const tool: Tool = { name: program, programs: [program], serviceType: undefined, port: NAMED };
  const found = findPortWord({ tool, label, args }, NAMED);
  return found.kind === 'number' ? fixedPort(found.port) : undefined;
}

/** A program of the project's own packages, which is no client of a database. */
function isOfProject(program: string, { dir }: Command, { readFile, here }: Project): boolean {
  if (dir === undefined) return false;
  const path = joinDir(here?.folder ?? '.', dir) ?? '.';
  const levels = path === '.' ? 0 : path.split('/').length;
  const folders = Array.from({ length: levels + 1 }, (_, up) => joinDir(dir, '../'.repeat(up)) ?? dir);
  return folders.some((folder) => readFile(fileIn(folder, `node_modules/.bin/${program}`)) !== undefined);
}
