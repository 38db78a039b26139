import { withoutFolders } from '../../base/short-text.ts';
import type { MoveEvent } from '../../client/held-lease.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import { portAdvice, typedCommand } from './port-advice.ts';

type Outsider = Extract<MoveEvent, { event: 'outsider' }>;
type Drift = Extract<MoveEvent, { event: 'drifted' }>;
type Planned = Pick<RunPlan, 'serviceName' | 'command' | 'because' | 'isOnlyRuns' | 'portVariables'> & {
  readonly programs: readonly Pick<
    RunPlan['programs'][number],
    'how' | 'isHopedFor' | 'because' | 'command' | 'server'
  >[];
};

/**
 * One line: where it listens instead, how that comes, and what to do about it.
 * @param server the one of the command's servers that it is about, from 0
 */
export function describeDriftOf({ port, actual_ports }: Drift, plan: Planned, server = 0): string {
  const [actual = 0, ...more] = actual_ports;
  const ports = [actual, ...more].join(' and ');
  return `${plan.serviceName} listens on ${ports}, not on its port ${port}: ${causeOf(plan, server)}`;
}

/** What makes the port that the program takes its own: it is asked for next time, and can be written down. */
export function configLine({ actual_ports: [actual, ...more] }: Drift, service: string): string | undefined {
  if (actual === undefined || more.length > 0) return undefined;
  const config = { services: { [service]: { port: actual } } };
  return `its next start asks for ${actual}; in styxy.config.json, ${JSON.stringify(config)} makes it the only one`;
}

function causeOf(plan: Planned, server: number): string {
  const { command, programs } = plan;
  const program = programs.find((each) => each.server === server) ?? programs[0];
  const { how = '', isHopedFor = true, because = plan.because } = program ?? {};
  if (command.some((word) => word.includes('{port}'))) return portAdvice(command);
  // What stands in the way, and in the same sentence what helps.
  if (how.startsWith('gets no ')) return `it ${how}`;
  if (/ hard-coded$|can't be replaced|left as (it is|they are)/.test(how)) return `it ${how}`;
  if (isHopedFor) {
    const names = plan.portVariables.join(' and ') || 'PORT';
    return `it does not read ${names}; ${portAdvice(innerCommand(plan, program), plan.isOnlyRuns ? undefined : program?.command)}`;
  }
  return `but ${because}; styxy run --dry-run -- ${typedCommand(command)} shows what it is started with`;
}

/** Of a run inside the run: there the port has to be named. */
function innerCommand(
  { isOnlyRuns, command }: Planned,
  program: Planned['programs'][number] | undefined,
): readonly string[] {
  const words = program?.command ?? command;
  const end = words.indexOf('--');
  return isOnlyRuns && end > 0 ? words.slice(end + 1) : command;
}

export function describeOutsider({ port, listener: { command, pid, address } }: Outsider): string {
  const who = `${withoutFolders(command ?? 'a program')}${pid === null ? '' : ` (pid ${pid})`}`;
  return (
    `${who} listens on port ${port} as well, at ${address}: localhost:${port} may reach either; ` +
    `styxy whose ${port} tells more`
  );
}
