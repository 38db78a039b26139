import type { PortPlan } from '../../tools/plan.ts';
import type { PortEdits } from '../../tools/ports/way.ts';
import type { Program } from '../../tools/program.ts';
import { numberOf } from '../../tools/servers.ts';
import { serviceName } from '../../tools/service-name.ts';
import type { Elsewhere } from '../../tools/ports/elsewhere.ts';
import type { LeasedPorts } from './ports.ts';

/** A program that a command starts, as `--dry-run` tells of it. */
export interface PlannedProgram {
  /** The one of the run's ports (0: the first) that is for it; undefined: it gets none. */
  server: number | undefined;
  name: string;
  tool: string | null;
  /** It answers by its host name only when it is told this. */
  ownHosts: string | undefined;
  serviceType: string | null;
  /** The port that it would take by itself. */
  port: number | null;
  /** Relative to where the command runs; null when only the shell can know. */
  folder: string | null;
  command: readonly string[];
  /** How it is given a port. */
  how: string;
  /** @see PortEdits.reached */
  reached: PortEdits['reached'];
  /** Nothing is known of it: it gets PORT in the hope that it reads that. */
  isHopedFor: boolean;
  /** @see Program.binds */
  binds: Program['binds'];
  /** For people: the whole sentence. */
  because: string;
  place: { file: string; line: number | null } | null;
  /** The variables that it needs for a port. */
  env: (port: number) => Record<string, string>;
}

/** The programs that get a port, and the others that listen; all, where none is known to. */
export function plannedPrograms({ programs, more, ...own }: PortPlan): PlannedProgram[] {
  const servers = [own, ...more];
  const known = programs.filter(({ binds }) => binds === 'yes');
  const shown = known.length > 0 ? known : programs;
  const isServer = (each: Program): boolean => servers.some(({ program }) => program === each);
  return programs
    .filter((each) => shown.includes(each) || isServer(each))
    .map((program) => {
      const server = servers.findIndex((each) => each.program === program);
      return plannedProgram(program, servers[server]?.because, server < 0 ? undefined : server);
    });
}

function plannedProgram(
  program: Program,
  because: string | undefined,
  server: number | undefined,
): PlannedProgram {
  const { name, label, trail, tool, serviceType, port, folder, words, edits, place } = program;
  return {
    server,
    name: serviceName(trail.at(-1)?.name ?? name),
    tool: tool?.name ?? program.adapter ?? null,
    ownHosts: tool?.ownHosts,
    serviceType: serviceType ?? null,
    port: port ?? null,
    folder: folder ?? null,
    command: words,
    how: edits.how,
    reached: edits.reached,
    isHopedFor: edits.reached === 'unsure' && edits.readsPort === true,
    binds: program.binds,
    because: because ?? `${label} ${edits.how}`,
    place: place ? { file: place.file, line: place.line ?? null } : null,
    env: (own) => ({ ...edits.env(own), ...(edits.readsPort && { PORT: String(own) }) }),
  };
}

/** For people: whether the same number in another place becomes the new one too. */
export function describeElsewhere({ text, place, follows }: Elsewhere): string {
  const where = place ? ` in ${place.file}` : '';
  return follows
    ? `${text}${where} gets the port too`
    : `${text}${where} keeps its number: this text can't be changed`;
}

/** For people, before the start: what will not be as it should with these ports. */
export function describeDoubts(tool: PortPlan, ports: LeasedPorts): string[] {
  return tool.more.length === 0 ? [] : [...describeUnreached(tool, ports), ...describeMentions(tool, ports)];
}

/** Servers beside others that can't be given their ports. */
function describeUnreached({ more, ...own }: PortPlan, ports: LeasedPorts): string[] {
  return [own, ...more].flatMap(({ reached, fixed, because, program }, at) => {
    const leased = ports[at];
    const isRight = reached !== false || fixed !== undefined || program?.port === leased?.port;
    if (leased === undefined || isRight) return [];
    const instead = program?.port === undefined ? 'a port of its own' : String(program.port);
    return [`${leased.name} may take ${instead} instead of ${leased.port}: ${because}`];
  });
}

/** For people: the settings that lead to a server which is on another port now. */
function describeMentions({ mentions, more, ...own }: PortPlan, ports: LeasedPorts): string[] {
  const numbers = [own, ...more].map(({ program }) => program && numberOf(program));
  return mentions.flatMap(({ number, place, text }) => {
    const at = numbers.indexOf(number);
    const leased = at === numbers.lastIndexOf(number) ? ports[at] : undefined;
    if (leased === undefined || leased.port === number) return [];
    const variable = `${leased.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`;
    return [
      `${place.file}:${place.line} says ${text}, but ${leased.name} is on ${leased.port}: let it read ${variable}, or add --remap`,
    ];
  });
}
