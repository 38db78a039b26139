import { familyOf } from './families.ts';
import { commonName, readInvocation } from './match/invocation.ts';
import { type Match, matchTool } from './match/match.ts';
import { toolEdits, variableEdits } from './ports/port-edits.ts';
import { hostPortEdits } from './ports/host-ports.ts';
import type { Program } from './program.ts';
import type { Found } from './programs.ts';
import type { Project } from './project.ts';
import { placeOf } from './text/word.ts';

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
  const match = invocation && lookUp(invocation.program, project, invocation);
  if (match) {
    const { tool } = match;
    const edits = toolEdits(match, command);
    const port = edits.wanted ?? tool.defaultPort;
    return {
      ...base,
      name: tool.name,
      label: match.label,
      adapter: tool.name,
      serviceType: tool.serviceType,
      tool,
      binds: tool.target && tool.port.length === 0 ? 'maybe' : 'yes',
      port,
      edits,
    };
  }
  const edits = variableEdits(command);
  const name = commonName(command.words);
  return {
    ...base,
    name,
    label: name ?? label,
    adapter: undefined,
    serviceType: undefined,
    tool: undefined,
    binds: 'maybe',
    port: edits.wanted,
    edits,
  };
}

function lookUp(
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
