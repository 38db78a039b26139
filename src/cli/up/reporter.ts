import type { StyxyError } from '../../base/styxy-error.ts';
import type { DiedService } from '../../up/died-services.ts';
import type { ReadyService, TellUp } from '../../up/events.ts';
import type { RunPorts } from '../../run/leases/obtain.ts';
import type { Selection } from '../../up/select.ts';
import type { Output } from '../print/output.ts';
import { createPrefixer } from '../print/service-prefix.ts';
import { readyTable } from './ready-table.ts';

export interface UpReporter {
  readonly tell: TellUp;
  allReady(services: readonly ReadyService[], isDetached: boolean): void;
  /** All are asked to end. */
  ending(): void;
  /** They have, because of a signal. */
  interrupted(): void;
  /** Before the others are ended because of it. */
  failed(error: StyxyError): void;
  /** What the services get, so that their output suits ours. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
}

/** What is known of services that ran before. */
interface Known {
  died: readonly DiedService[];
  /** By `styxy down` without names. */
  isEndedByDown(service: ReadyService): boolean;
}

/** For people: the services' lines on stdout, in the background only the table; notes on stderr. */
export function createReporter(
  out: Output,
  { detach = false, prefix }: { detach?: boolean; prefix: boolean },
  { services, leftOut }: Selection,
  { died, isEndedByDown }: Known,
): UpReporter {
  const names = services.map(({ name }) => name);
  const lineOf = createPrefixer(names, out, prefix);
  const note = (text: string): void => out.note(`${out.paintNote('dim', 'styxy:')} ${text}`);
  const startedAt = performance.now();
  let ended = 0;
  const told = new Map<string, number>();
  // Started again it has the same port, which need not be said again.
  const tellPort = (service: string, { port, url, reason }: RunPorts['allocation']): void => {
    if (told.get(service) === port) return;
    told.set(service, port);
    const why = reason ? out.paintNote('dim', ` (${reason.text})`) : '';
    note(`${service} gets ${out.paintNote('cyan', url)}${why}`);
  };
  for (const { name, why } of leftOut) note(`${name} is left out: ${why}`);
  return {
    tell(event) {
      const { service } = event;
      if (event.event === 'output' && !detach) out.exact(lineOf(service, event.line));
      if (event.event === 'starting' && died.some(({ name }) => name === service))
        note(`starting ${service}, which has ended by itself`);
      if (event.event === 'started') tellPort(service, event.allocation);
      if (event.event === 'stopped')
        note(
          event.again ? `${service} was asked to start again` : `${service} was stopped; the others go on`,
        );
      if (event.event === 'ended') ended += 1;
      if (event.event === 'restarting' && detach)
        note(
          `${service} failed; starting again in ${event.pauseMs / 1000} s (${event.attempt} of ${event.most})`,
        );
    },
    allReady(ready, isDetached) {
      const isOurs = ready.some(({ existing }) => !existing);
      const those = ready.length === 1 ? ready[0]!.name : `${ready.length} services`;
      const [is, runs] = ready.length === 1 ? ['is', 'runs'] : ['are', 'run'];
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const what = isOurs ? `${is} up after ${seconds} s` : `${runs} already`;
      const how = isDetached || !isOurs ? `: ${howToEnd(ready, isEndedByDown)}` : '';
      note(`${those} ${what}${how}`);
      readyTable(ready, out, isDetached);
    },
    ending: () => note('ending; once more to end at once'),
    interrupted: () => note(ended === 1 ? '1 service has ended' : `${ended} services have ended`),
    failed: ({ details }) => {
      const who = typeof details.service_name === 'string' ? details.service_name : 'a service';
      if (names.length > 1) note(`${out.paintNote('red', `${who} failed`)}; ending the others`);
    },
    environment: (env) => (detach ? env : withColours(env, out)),
  };
}

/** Whose output `styxy logs` has, and by which commands they end. */
function howToEnd(ready: readonly ReadyService[], isEndedByDown: Known['isEndedByDown']): string {
  const ours = ready.filter(isEndedByDown);
  const others = ready.filter((service) => !isEndedByDown(service)).map(({ name }) => name);
  const [their, them] = ready.length === 1 ? ['its', 'it'] : ['their', 'them'];
  const stop = `styxy stop ${others.join(' ')} ends ${others.length === 1 ? 'it' : 'them'}`;
  if (ours.length === 0) return stop;
  const down = `styxy logs shows ${their} output, styxy down ends ${them}`;
  return others.length === 0 ? down : `${down}, but ${others.join(', ')}: ${stop}`;
}

/** A program whose output is no terminal prints no colours unless it is told to. */
function withColours(env: NodeJS.ProcessEnv, out: Output): NodeJS.ProcessEnv {
  const wants = out.dataIsRead && out.paint('bold', 'x') !== 'x';
  return wants && env.FORCE_COLOR === undefined ? { ...env, FORCE_COLOR: '1' } : env;
}
