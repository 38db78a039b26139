import { writeSync } from 'node:fs';
import { StyxyError } from '../../base/styxy-error.ts';
import type { AllocateAnswer } from '../../protocol/allocation.ts';
import { toErrorBody, type ErrorBody } from '../../protocol/error-body.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import { closeInheritedFiles } from '../../system/process/inherited-files.ts';
import type { RunLease } from '../leases/obtain.ts';

/** The wrapper in the background tells the command that started it by this descriptor. */
export const CALLER_FD = 3;

/** One line of JSON each. */
export type CallerEvent =
  | {
      event: 'started';
      allocation: RunLease['allocation'];
      ports: Record<string, number> | null;
      /** Why nothing guards the port. */
      unguarded: ErrorBody['error'] | null;
    }
  | { event: 'running'; allocation: AllocateAnswer }
  | { event: 'failed'; error: ErrorBody }
  | ({ event: 'ended' } & ExitStatus);

/** Who waits at the other end, if he still does: he leaves as soon as he has seen enough. */
export interface Caller {
  started(lease: RunLease): void;
  /** @returns the end of this wrapper: he is told where the service runs, and nothing is left to do here */
  running(allocation: AllocateAnswer): Promise<ExitStatus>;
  /** Tells how the run ends. */
  follow(run: Promise<ExitStatus>): Promise<ExitStatus>;
}

export function createCaller(): Caller {
  closeInheritedFiles(CALLER_FD + 1);

  function tell(event: CallerEvent): void {
    try {
      writeSync(CALLER_FD, `${JSON.stringify(event)}\n`);
    } catch {
      // Nobody reads any more.
    }
  }

  return {
    started: ({ allocation, ports, unguarded }) =>
      tell({
        event: 'started',
        allocation,
        ports: ports ? Object.fromEntries(ports) : null,
        unguarded: unguarded ? toErrorBody(unguarded).error : null,
      }),
    async running(allocation) {
      tell({ event: 'running', allocation });
      return { code: 0, signal: null };
    },
    async follow(run) {
      try {
        const status = await run;
        tell({ event: 'ended', ...status });
        return status;
      } catch (error) {
        if (error instanceof StyxyError) tell({ event: 'failed', error: toErrorBody(error) });
        throw error;
      }
    },
  };
}
