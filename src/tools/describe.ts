import { familyOf } from './families.ts';
import { commonName, readInvocation } from './match/invocation.ts';
import { conventionalServer, namedPort } from './match/convention.ts';
import { type Match, matchTool } from './match/match.ts';
import { configuredPort } from './sources/config-file.ts';
import { type Entry, entryOf, entryPath, moduleAt } from './sources/entry.ts';
import { envFilesOf, type FilePort, portInFiles } from './sources/env-files.ts';
import { inlineCode } from './sources/inline.ts';
import { type Listening, listeningOf } from './sources/listening.ts';
import { configEdits } from './ports/config-edits.ts';
import { sourceEdits } from './ports/source-edits.ts';
import { toolEdits, variableEdits } from './ports/port-edits.ts';
import { hostPortEdits } from './ports/host-ports.ts';
import type { PortEdits } from './ports/way.ts';
import type { Program } from './program.ts';
import type { Found } from './programs.ts';
import type { Project } from './project.ts';
import { type Command, fileIn, joinDir } from './text/command.ts';
import { beforeTerminator, optionValue, splitOption } from './text/options.ts';
import { type Place, placeOf } from './text/word.ts';

export function describe(found: Found, project: Project): Program {
  const { command, trail, hostPorts = [] } = found;
  const invocation = readInvocation(command.words);
  const base = {
    folder: command.dir,
    words: command.words.map(({ value, text }) => value ?? text),
    trail,
    command,
    hostPorts,
    place: (command.words[0] && placeOf(command.words[0])) ?? trail.at(-1)?.place,
  };
  const label = invocation?.label ?? commonName(command.words) ?? 'the command';
  const [published] = hostPorts;
  if (published) {
    const edits = hostPortEdits(published);
    const { name, serviceType, port, place = base.place } = published;
    return {
      ...base,
      name,
      label,
      adapter: invocation?.program,
      serviceType,
      tool: undefined,
      binds: 'yes',
      port,
      place,
      edits,
    };
  }
  const match = invocation && findMatch(invocation.program, project, invocation);
  if (match && !endsByText(match, command, project)) {
    return { ...base, label: match.label, ...programOfTool(match, command, project) };
  }
  const server = invocation && conventionalServer(invocation, command, project);
  if (server) {
    const edits = toolEdits(server, command);
    return { ...base, ...unknownProgram(command), label, binds: 'yes', port: edits.wanted, edits };
  }
  const own = ownProgram(command, project, base.place);
  // A number in its text that arguments may replace is one that stands in for them.
  const isOpen = own.port === undefined || (own.edits.reached === false && own.edits.isFixed === false);
  const named = isOpen ? namedPort(invocation, command) : undefined;
  const told = named !== undefined && {
    port: named,
    edits: {
      ...own.edits,
      wanted: undefined,
      how: `is told port ${named} by its command, which is left as it is`,
    },
  };
  return { ...base, ...own, ...told, label: commonName(command.words) ?? label };
}

type Described = Pick<
  Program,
  'name' | 'adapter' | 'serviceType' | 'tool' | 'binds' | 'port' | 'written' | 'edits'
> & {
  place?: Place | undefined;
};

/** A number that stands in for a variable is what the program takes by itself, and no wish. */
const writtenIn = (listening: Listening, edits: PortEdits): Place | undefined =>
  listening.variable === undefined ? placeOfPort(listening, edits) : undefined;

/** Unless the command says another one. */
const placeOfPort = (
  { port, place }: Pick<Listening, 'port' | 'place'>,
  { wanted = port }: PortEdits,
): Place | undefined => (port !== undefined && port === wanted ? place : undefined);

function programOfTool(match: Match, command: Command, project: Project): Described {
  const { tool } = match;
  const known = { name: tool.name, adapter: tool.name, serviceType: tool.serviceType, tool };
  const entry = tool.entry === undefined ? undefined : entryAt(tool.entry, command, project);
  const listening = entry && listeningOf(entry, project);
  if (entry && listening) {
    const edits = sourceEdits(listening, command);
    const inFile = edits.wanted === undefined ? portInEnvFile(entry, listening, command, project) : undefined;
    const port = edits.wanted ?? inFile?.port ?? listening.port ?? tool.defaultPort;
    const written = inFile?.place ?? writtenIn(listening, edits);
    return { ...known, binds: 'yes', port, written, edits, place: listening.place };
  }
  const own = tool.config && configuredPort(tool.config, command, project);
  const isOwn = own !== undefined && (tool.port.length === 0 || (tool.config?.wins && own.isFixed));
  const pointed = tool.pointer && configuredPort(tool.pointer, command, project)?.port;
  const edits =
    isOwn && tool.config
      ? configEdits(own, tool.config, command, project)
      : toolEdits(match, command, pointed);
  // What serves code that it starts hands that no port.
  const handed = tool.entry === undefined ? command.handed : undefined;
  const variables = tool.port.flatMap((form) => ('variable' in form ? form.variable : []));
  const inFile =
    edits.wanted === undefined
      ? variables.flatMap((name) => portInFiles(tool.envFiles ?? [], name, command, project) ?? [])[0]
      : undefined;
  const said = own && !own.isBlank ? own : handed;
  return {
    ...known,
    ...(isOwn && !own.isBlank && { place: own.place }),
    ...(said && { written: placeOfPort(said, edits) }),
    ...(inFile && { written: inFile.place }),
    binds: tool.target && tool.port.length === 0 ? 'maybe' : 'yes',
    port: edits.wanted ?? inFile?.port ?? own?.port ?? handed?.port ?? tool.defaultPort,
    edits,
  };
}

/** The text of the project's program says that it does not serve. */
function endsByText({ tool: { serves } }: Match, { words, dir }: Command, { readFile }: Project): boolean {
  if (serves === undefined || dir === undefined) return false;
  const own = beforeTerminator(words);
  const at = own.findIndex((word) => serves.options.includes(splitOption(word).name));
  const named = at < 0 ? '.' : optionValue(own, at)?.replace(/[^/\\]*\.\w+proj$/, '');
  const folder = joinDir(dir, named);
  const text = folder === undefined ? undefined : readFile(fileIn(folder, serves.file));
  return text !== undefined && !serves.pattern.test(text);
}

/** The program that a tool builds and starts. */
function entryAt(entry: string, { dir }: Command, project: Project): Entry | undefined {
  return dir === undefined ? undefined : moduleAt(entry, dir, project);
}

/** A program that the table does not have: what its text says of a port, where it is a file of the project. */
function ownProgram(command: Command, project: Project, place: Place | undefined): Described {
  const inline = inlineCode(command);
  const entry = inline ?? entryOf(command, project);
  const listening = entry && listeningOf(entry, project);
  const edits = listening ? sourceEdits(listening, command) : variableEdits(command);
  const inFile =
    entry && inline === undefined && edits.wanted === undefined
      ? portInEnvFile(entry, listening, command, project)
      : undefined;
  return {
    ...unknownProgram(command),
    binds: listening ? 'yes' : runsUnreadCode(command, entry !== undefined) ? 'likely' : 'maybe',
    port: edits.wanted ?? inFile?.port ?? listening?.port,
    written: inFile?.place ?? (listening && inline === undefined ? writtenIn(listening, edits) : undefined),
    edits,
    place: (inline ? undefined : listening?.place) ?? place,
  };
}

/** In a .env file that the program loads, for the variable that it reads its port from. */
function portInEnvFile(
  entry: Entry,
  listening: Listening | undefined,
  command: Command,
  project: Project,
): FilePort | undefined {
  const { variable, value } = listening ?? {};
  if (variable === undefined || value !== undefined) return undefined;
  return portInFiles(envFilesOf(entry, command, project), variable, command, project);
}

const unknownProgram = (command: Command): Pick<Program, 'name' | 'adapter' | 'serviceType' | 'tool'> => ({
  name: commonName(command.words),
  adapter: undefined,
  serviceType: undefined,
  tool: undefined,
});
/** The file is not there yet, or the call that listens may well stand in another one. */
function runsUnreadCode(command: Command, isRead: boolean): boolean {
  const path = entryPath(command);
  if (path === undefined || (path.path === undefined && path.language !== 'rust')) return false;
  return !isRead || path.language === 'go' || path.language === 'rust';
}

function findMatch(
  program: string,
  { library, missing }: Project,
  invocation: Parameters<typeof matchTool>[1],
): Match | undefined {
  const family = familyOf(program);
  if (family === undefined) return undefined;
  const tools = library.tools[family];
  if (tools === undefined) missing.add(family);
  return tools && matchTool(tools, invocation);
}
