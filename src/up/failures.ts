import { StyxyError } from '../base/styxy-error.ts';
import { lastPrinted } from '../run/child/service-log.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import type { UpService } from './service.ts';

type Named = Pick<UpService, 'name' | 'timeoutMs'>;

/** @param how undefined when its wrapper was killed @param lines the last that it has printed */
export function failedService(
  { name }: Named,
  how: ExitStatus | undefined,
  lines: readonly string[],
): StyxyError {
  const end = !how ? 'was killed' : how.signal ? `died of ${how.signal}` : `ended with code ${how.code}`;
  return new StyxyError('SERVICE_ENDED', `"${name}" ${end} instead of running on`, {
    why: lastPrinted(lines),
    hint: `styxy logs ${name} shows all of it`,
    details: {
      service_name: name,
      exit_code: how?.code ?? null,
      signal: how?.signal ?? null,
      log_lines: lines,
    },
  });
}

/** @param missing what has not come @param lines the last that it has printed, if ours */
export function lateService(
  { name, timeoutMs }: Named,
  missing: string,
  lines?: readonly string[],
): StyxyError {
  return new StyxyError('TIMED_OUT', `"${name}" was not ready within ${timeoutMs / 1000} s`, {
    why: lines ? `${missing}; ${lastPrinted(lines)}` : missing,
    hint: `"ready" of the service says when it is ready, and its "timeout" how long that may take`,
    details: { service_name: name, log_lines: lines ?? [] },
  });
}
