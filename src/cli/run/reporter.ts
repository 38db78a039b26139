import type { MoveEvent } from '../../client/held-lease.ts';
import { describeDrift } from '../../run/leases/readiness.ts';
import type { RunReporter } from '../../run/run.ts';
import { byName } from '../../run/plan/ports.ts';
import { isInForeground } from '../../system/process/group.ts';
import { newTypeNote } from './new-type-note.ts';
import type { Output } from '../print/output.ts';
import { portAdvice } from './port-advice.ts';
import { serverLines, unmetWishes } from './server-lines.ts';

/**
 * What `styxy run` says on stderr: the address, where a person reads it; and whatever is not as the command expects.
 * A pipe gets the child's bytes only, unless there is something wrong.
 */
export function createRunReporter(
  out: Output,
  { quiet, json }: { quiet: boolean; json: boolean },
): RunReporter {
  const say = (text: string): void => {
    if (!quiet) out.note(`${out.paintNote('dim', 'styxy:')} ${text}`);
  };
  const link = (url: string): string => out.paintNote('cyan', url);
  return {
    started(lease, plan) {
      const { allocation } = lease;
      const { wish, serviceName, adapter } = plan;
      const ports = lease.ports.length > 1 && { ports: byName(lease.ports) };
      if (json) return out.note(JSON.stringify({ ...allocation, ...ports }));
      const note = newTypeNote(allocation);
      if (note !== undefined) say(note);
      plan.mentioned(lease.ports).forEach(say);
      if (plan.isFound && lease.ports.length > 1) {
        const isRead = out.notesAreRead && isInForeground();
        return (isRead ? serverLines(lease, plan, out) : unmetWishes(lease, plan)).forEach(say);
      }
      const { url, service_type: type, reason } = allocation;
      // What was wished for and can't be had is worth a line also where nobody reads along.
      if (wish !== undefined && wish !== allocation.port) {
        return say(`${reason?.text ?? `${wish} is not free`}, so ${serviceName} runs on ${link(url)}`);
      }
      const how = adapter === 'port-variable' ? 'by PORT' : `by ${adapter}`;
      const facts = [type, how, ...(reason ? [reason.text] : [])].join(', ');
      if (out.notesAreRead && isInForeground())
        say(`${serviceName} gets ${link(url)} ${out.paintNote('dim', `(${facts})`)}`);
    },
    unreserved(port, reason) {
      // Never silenced: nothing keeps another program from taking the port.
      out.note(`styxy: ${out.paintNote('yellow', 'warning')}: no coordinator: ${reason.message}`);
      if (reason.why) out.note(`  ${out.paintNote('dim', 'why:')} ${reason.why}`);
      out.note(`  running on port ${port}, which was free a moment ago but is not reserved`);
    },
    restarting: (port, nextPort) =>
      say(
        `port ${port} was taken by another program before the command could bind it; starting again on ${nextPort}`,
      ),
    moved(event, { command }, service) {
      say(describeMove(event, service, command));
      const line = event.event === 'drifted' && configLine(service, event.actual_ports);
      if (line) say(line);
    },
    ready(port, allocation) {
      const drift = allocation && describeDrift(allocation);
      const url = allocation?.url ?? `http://localhost:${port}`;
      out.note(`styxy: ready at ${url}${drift ? ` (${drift})` : ''}`);
    },
    late(port, timeoutMs) {
      const label = out.paintNote('red', 'error[TIMED_OUT]');
      out.note(`styxy: ${label}: nothing listens on port ${port} after ${timeoutMs / 1000} s`);
      const hint = 'give it more time with --timeout, or look at what the command prints';
      out.note(`  ${out.paintNote('dim', 'try:')} ${hint}`);
    },
    lost: (reason) => say(`the lease has ended (${reason}); the command goes on without it`),
  };
}

/** What makes the port that the program takes its own: it is asked for next time, and can be written down. */
function configLine(service: string, [actual, ...more]: readonly number[]): string | undefined {
  if (actual === undefined || more.length > 0) return undefined;
  const config = { services: { [service]: { port: actual } } };
  return `its next start asks for ${actual}; in styxy.config.json, ${JSON.stringify(config)} makes it the only one`;
}

/** One line: what is so, and what to do about it. */
function describeMove(event: MoveEvent, service: string, command: readonly string[]): string {
  if (event.event === 'bound') return `${service} listens on its port ${event.port} now`;
  const [actual = 0, ...more] = event.actual_ports;
  const ports = [actual, ...more].join(' and ');
  return `${service} listens on ${ports}, not on its port ${event.port}: it does not read PORT; ${portAdvice(command)}`;
}
