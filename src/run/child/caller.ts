import { writeSync } from 'node:fs';
import { StyxyError } from '../../base/styxy-error.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import { toErrorBody } from '../../protocol/error-body.ts';
import type { ErrorBody } from '../../protocol/answers/error.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import { closeInheritedFiles } from '../../system/process/inherited-files.ts';
import type { Restart } from './restarts.ts';
import type { RunLease, RunPorts } from '../leases/obtain.ts';

/** The wrapper in the background tells the command that started it by this descriptor. */
export const CALLER_FD = 3;

/** One line of JSON each. */
export type CallerEvent =
  | {
      event: 'started';
      allocation: RunPorts['allocation'];
      ports: Record<string, number>;
    }
  | { event: 'running'; allocation: AllocateAnswer }
  | { event: 'failed'; error: ErrorBody }
  | ({ event: 'restarting' } & ExitStatus & Restart)
  /** `asked`: by a signal from outside. */
  | ({ event: 'ended'; asked: boolean } & ExitStatus);

/** What the command at the other end says once: from now on this wrapper does not end with it. */
export const STAY = 'stay\n';

type StartedPorts = RunPorts & Partial<Pick<RunLease, 'allocations'>>;

/** By the names that the services go by. */
function portsByName({ ports, allocations = [] }: StartedPorts): Record<string, number> {
  return Object.fromEntries(
    ports.map(({ name, port }, index) => [allocations[index]?.service_name ?? name, port]),
  );
}

/** The command at the other end; it stops reading as soon as it has seen enough. */
export interface Caller {
  started(lease: StartedPorts): void;
  /** @returns the end of this wrapper: the caller knows where the service runs, and nothing is left to do here */
  running(allocation: AllocateAnswer): Promise<ExitStatus>;
  restarting(status: ExitStatus, restart: Restart): void;
  /** @see RunParts.onEnd */
  ended(outcome: { askedToEnd: boolean }): Promise<void>;
  /** Tells how the run ends. */
  follow(run: Promise<ExitStatus>): Promise<ExitStatus>;
}

/**
 * @param isAttached this wrapper ends with the command that started it, however that ends
 * @param onStopped somebody has asked the service to end, and it has
 */
export function createCaller(isAttached: boolean, onStopped: () => Promise<void>): Caller {
  closeInheritedFiles(CALLER_FD + 1);
  if (isAttached)
    void import('./end-with-caller.ts').then(({ endWithCaller }) => endWithCaller(CALLER_FD, STAY));
  let asked = false;

  function tell(event: CallerEvent): void {
    try {
      writeSync(CALLER_FD, `${JSON.stringify(event)}\n`);
    } catch {
      // The caller has ended.
    }
  }

  return {
    started: (lease) => tell({ event: 'started', allocation: lease.allocation, ports: portsByName(lease) }),
    async running(allocation) {
      tell({ event: 'running', allocation });
      return { code: 0, signal: null };
    },
    restarting: (status, restart) => tell({ event: 'restarting', ...status, ...restart }),
    async ended({ askedToEnd }) {
      asked = askedToEnd;
      if (asked) await onStopped();
    },
    async follow(run) {
      try {
        const status = await run;
        tell({ event: 'ended', asked, ...status });
        return status;
      } catch (error) {
        if (error instanceof StyxyError) tell({ event: 'failed', error: toErrorBody(error) });
        throw error;
      }
    },
  };
}
