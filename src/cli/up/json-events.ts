import { toErrorBody } from '../../protocol/error-body.ts';
import type { ReadyService, UpEvent } from '../../up/events.ts';
import { jsonText, type Output } from '../print/output.ts';
import type { UpReporter } from './reporter.ts';

/** For programs: a line for each event. */
export function createJsonReporter(out: Output): UpReporter {
  const print = (event: object): void => out.exact(jsonText(event));
  return {
    tell: (event) => print(asJson(event)),
    allReady: (services) => print({ event: 'up', services: services.map(serviceJson) }),
    ending: () => undefined,
    interrupted: () => undefined,
    failed: (error) => print({ event: 'failed', ...toErrorBody(error) }),
    environment: (env) => env,
  };
}

const serviceJson = ({ name, allocation, ports, pid, existing, afterMs }: ReadyService): object => ({
  ...allocation,
  ports,
  service_name: name,
  pid,
  existing,
  ready_after_ms: afterMs,
});

function asJson(event: UpEvent): object {
  const { event: kind, service } = event;
  switch (kind) {
    case 'ready':
      return { event: kind, service, ...serviceJson(event.ready) };
    case 'started':
      return { event: kind, service, pid: event.pid, port: event.allocation.port, url: event.allocation.url };
    case 'restarting': {
      const { attempt, most, pauseMs, status } = event;
      return {
        event: kind,
        service,
        exit_code: status.code,
        signal: status.signal,
        attempt,
        most,
        pause_ms: pauseMs,
      };
    }
    default:
      return event;
  }
}
