import { withoutFolders } from '../../base/short-text.ts';
import type { MoveEvent } from '../../client/held-lease.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import { portAdvice, typedCommand } from './port-advice.ts';

type Outsider = Extract<MoveEvent, { event: 'outsider' }>;
type Drift = Extract<MoveEvent, { event: 'drifted' }>;
type Planned = Pick<RunPlan, 'serviceName' | 'command' | 'because' | 'isOnlyRuns' | 'portVariables'> & {
  readonly programs: readonly Pick<RunPlan['programs'][number], 'how' | 'command'>[];
};

/** One line: where it listens instead, how that comes, and what to do about it. */
export function describeDriftOf({ port, actual_ports }: Drift, plan: Planned): string {
  const [actual = 0, ...more] = actual_ports;
  const ports = [actual, ...more].join(' and ');
  return `${plan.serviceName} listens on ${ports}, not on its port ${port}: ${causeOf(plan, actual)}`;
}

/** What makes the port that the program takes its own: it is asked for next time, and can be written down. */
export function configLine({ actual_ports: [actual, ...more] }: Drift, service: string): string | undefined {
  if (actual === undefined || more.length > 0) return undefined;
  const config = { services: { [service]: { port: actual } } };
  return `its next start asks for ${actual}; in styxy.config.json, ${JSON.stringify(config)} makes it the only one`;
}

function causeOf(plan: Planned, actual: number): string {
  const { command, because, programs } = plan;
  const how = programs[0]?.how ?? 'is expected to read PORT';
  if (command.some((word) => word.includes('{port}'))) return portAdvice(command);
  // What stands in the way, and in the same sentence what helps.
  if (how.startsWith('gets no ')) return `it ${how}`;
  if (/ hard-coded$|can't be replaced|left as (it is|they are)/.test(how))
    return `it ${how}; it can have that port: styxy run --prefer ${actual} -- ${typedCommand(command)}`;
  if (how === 'is expected to read PORT') {
    const names = plan.portVariables.join(' and ') || 'PORT';
    return `it does not read ${names}; ${portAdvice(innerCommand(plan))}`;
  }
  return `but ${because}; styxy run --dry-run -- ${typedCommand(command)} shows what it is started with`;
}

/** Of a run inside the run: there the port has to be named. */
function innerCommand({ isOnlyRuns, programs: [first], command }: Planned): readonly string[] {
  const words = isOnlyRuns ? (first?.command ?? command) : command;
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
