import { type StyxyError, systemCode } from '../../base/styxy-error.ts';
import { describeDrift } from '../../run/leases/readiness.ts';
import type { Move, MoveEvent } from '../../client/held-lease.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { Restart } from '../../run/child/restarts.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { EndReporter } from '../../run/leases/obtain.ts';
import type { MovedServer, RunReporter } from '../../run/parts.ts';
import { byName } from '../../run/plan/ports.ts';
import { isInForeground } from '../../system/process/group.ts';
import { newTypeNote } from './new-type-note.ts';
import type { serverLines, unmetWishes } from './server-lines.ts';
import { jsonText, type Output } from '../print/output.ts';

type Trouble = Exclude<MoveEvent, { event: 'bound' }>;

export interface ReporterOptions {
  quiet: boolean;
  json: boolean;
  /** Whether its address is told when it listens; `read`: where a person or a log gets the line. */
  announce: 'always' | 'read' | 'never';
  /** Words for a run of several servers, which few are. */
  servers: ServerWords | undefined;
  /** Told of each start anew of a command that has failed. */
  onStartingAgain?: ((status: ExitStatus, restart: Restart) => void) | undefined;
}

interface ServerWords {
  serverLines: typeof serverLines;
  unmetWishes: typeof unmetWishes;
}

/**
 * What `styxy run` says on stderr: the address, where a person reads it; and whatever is not as the command expects.
 * A log gets the address when it listens; a pipe the child's bytes only, unless there is something wrong.
 */
export function createRunReporter(
  out: Output,
  { quiet, json, announce, servers, onStartingAgain }: ReporterOptions,
): RunReporter {
  const say = (text: string): void => {
    if (!quiet) out.note(`${out.paintNote('dim', 'styxy:')} ${text}`);
  };
  const warning = out.paintNote('yellow', 'warning');
  const isAnnounced = (): boolean =>
    announce === 'always' ||
    (announce === 'read' && ((out.notesAreRead && isInForeground()) || out.notesAreLogged));
  const tellTrouble = async (event: Trouble, plan: RunPlan, server: number): Promise<void> => {
    // Few runs need them. An `npm ci` may have removed our own files meanwhile.
    const words = await import('./drift-words.ts').catch(() => undefined);
    if (event.event === 'drifted') {
      const plain = `${plan.serviceName} listens on ${event.actual_ports.join(' and ')}`;
      say(words?.describeDriftOf(event, plan, server) ?? plain);
      const line = words?.configLine(event, plan.serviceName);
      if (line !== undefined) say(line);
    } else if (words) out.note(`styxy: ${warning}: ${words.describeOutsider(event)}`);
  };
  const link = (url: string): string => out.paintNote('cyan', url);
  return {
    waitingFor: out.waitingFor,
    started(lease, plan) {
      out.handOver();
      const { allocation } = lease;
      const { wish, adapter } = plan;
      const ports = lease.ports.length > 1 && { ports: byName(lease.ports) };
      if (json) return out.note(jsonText({ ...allocation, ...ports }));
      // The outer run has said it.
      if (allocation.inside) return;
      const note = newTypeNote(allocation);
      if (note !== undefined) say(note);
      plan.doubts(lease.ports).forEach(say);
      if (servers && plan.isFound && lease.ports.length > 1) {
        const isRead = out.notesAreRead && isInForeground();
        return (isRead ? servers.serverLines(lease, plan, out) : servers.unmetWishes(lease, plan)).forEach(
          say,
        );
      }
      const { url, service_type: type, reason } = allocation;
      const serviceName = allocation.service_name ?? plan.serviceName;
      // What was wished for and can't be had is worth a line also where nobody reads along.
      if (wish !== undefined && wish !== allocation.port) {
        return say(`${reason?.text ?? `${wish} is not free`}, so ${serviceName} runs on ${link(url)}`);
      }
      const keepsItsOwn = plan.programs.find(({ server }) => server === 0)?.reached === false;
      const how = adapter === 'port-variable' ? (keepsItsOwn ? [] : ['by PORT']) : [`by ${adapter}`];
      const facts = [type, ...how, ...(reason ? [reason.text] : [])].join(', ');
      if (out.notesAreRead && isInForeground())
        say(`${serviceName} gets ${link(url)} ${out.paintNote('dim', `(${facts})`)}`);
    },
    unreserved: (port, reason) => tellUnreserved(out, port, reason),
    restarting: (port, nextPort) => say(describeTaken(port, nextPort)),
    orderedAgain: (move) =>
      say(move ? movedWords(move) : 'starting the command again, as styxy restart or the dashboard asked'),
    startingAgain({ serviceName }, status, restart) {
      say(`${serviceName} ${describeEnd(status)}; ${describeRestart(restart)}`);
      onStartingAgain?.(status, restart);
    },
    moved(event, plan, about) {
      if (event.event !== 'bound') return void tellTrouble(event, plan, about.server);
      if (about.wasElsewhere) return say(`${plan.serviceName} listens on its port ${event.port} now`);
      if (isAnnounced()) say(listensLine(plan, event.port, about, link));
    },
    innerServes({ service_name: name, service_type: type, url }, givenBack) {
      if (givenBack === undefined && !(out.notesAreRead && isInForeground())) return;
      const back = givenBack === undefined ? '' : `; ${givenBack} is given back`;
      say(`${name ?? type} has a port of its own, ${link(url)}${back}`);
    },
    ready(port, allocation) {
      const drift = allocation && describeDrift(allocation);
      const url = allocation?.url ?? `http://localhost:${port}`;
      out.note(`styxy: ready at ${url}${drift ? ` (${drift})` : ''}`);
    },
    late: (port, timeoutMs) => tellLate(out, port, timeoutMs),
    ...tellsEnds(say),
    runsAlready: (other) => say(runningAlready(other, link(other.url))),
    missesPort: ({ port, text }, { serviceName }) => say(missing(serviceName, port, text)),
    slow: (left) => out.notesAreRead && isInForeground() && left.length > 0 && say(waitingForEnd(left)),
  };
}

const movedWords = ({ preferred_port: port, taken_by: by }: Move): string =>
  by === undefined
    ? `starting the command again on port ${port} (styxy switch)`
    : `${by} takes this port (styxy switch); starting the command again on ${port}`;

/** What ends, and why. */
function tellsEnds(say: (text: string) => void): EndReporter {
  return {
    lost: (reason, service) =>
      say(`the lease${of(service)} has ended (${reason}); the command goes on without it`),
    ending: (by, service) => say(`${service === undefined ? '' : `${service} was `}stopped by ${by}`),
    orphans: (services, status) =>
      say(
        `the command ${describeEnd(status)}, and what it has left running ends with it (${services.join(', ')})`,
      ),
  };
}

function listensLine(
  plan: RunPlan,
  port: number,
  { server, nameUrl }: MovedServer,
  link: (url: string) => string,
): string {
  const plain = `${plan.serviceName} listens on ${link(`http://localhost:${port}`)}`;
  return nameUrl === undefined ? plain : `${plain} and ${link(nameUrl)}${nameDoubt(plan, server)}`;
}

/** Where the tool is known to refuse its host name. */
function nameDoubt({ programs, command }: RunPlan, server: number): string {
  const option = programs.find((each) => each.server === server)?.ownHosts;
  return option === undefined || command.includes(option) ? '' : ` (by name only with ${option})`;
}

function tellLate(out: Output, port: number, timeoutMs: number): void {
  const label = out.paintNote('red', 'error[TIMED_OUT]');
  out.note(`styxy: ${label}: nothing listens on port ${port} after ${timeoutMs / 1000} s`);
  const hint = 'give it more time with --timeout, or look at what the command prints';
  out.note(`  ${out.paintNote('dim', 'try:')} ${hint}`);
}

const of = (service: string | undefined): string => (service === undefined ? '' : ` of ${service}`);
const describeEnd = ({ code, signal }: ExitStatus): string =>
  signal ? `died of ${signal}` : `ended with code ${code}`;

const describeRestart = ({ pauseMs, attempt, most }: Restart): string =>
  `starting again in ${pauseMs / 1000} s (${attempt} of ${most})`;

function waitingForEnd(left: readonly { pid: number }[]): string {
  const pids = left.map(({ pid }) => pid).join(', ');
  return `waiting for what the command has started to end (pid ${pids}); Ctrl-C ends it now`;
}

function runningAlready(
  { service_name: name, service_type: type, process_id: pid }: Allocation,
  link: string,
): string {
  const where = `${name ?? type} runs already in this worktree: ${link} (pid ${pid})`;
  return `${where}; --if-running reuse uses that one, --if-running replace ends it first`;
}

const missing = (service: string, port: number, text: string): string =>
  `${service} listened on ${port} the last time, and ${text}; if it can use no other port, free that one ` +
  `(styxy whose ${port} tells more) or let it read PORT`;

const describeTaken = (port: number, nextPort: number): string =>
  `port ${port} was taken by another program before the command could bind it; starting again on ${nextPort}`;

/** Never silenced: nothing keeps another program from taking the port. */
function tellUnreserved(out: Output, port: number, { cause, message, why }: StyxyError): void {
  out.handOver();
  const warning = out.paintNote('yellow', 'warning');
  if (systemCode(cause) === 'EPERM') {
    const reason = 'this sandbox does not let it be reached';
    return out.note(
      `styxy: ${warning}: no daemon: ${reason}; running on port ${port}, which is not reserved`,
    );
  }
  out.note(`styxy: ${warning}: no daemon: ${message}`);
  if (why) out.note(`  ${out.paintNote('dim', 'why:')} ${why}`);
  out.note(`  running on port ${port}, which was free a moment ago but is not reserved`);
}
