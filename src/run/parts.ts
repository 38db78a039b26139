import type { StyxyError } from '../base/styxy-error.ts';
import type { TellWait } from '../base/tell-wait.ts';
import type { Connection } from '../client/connection.ts';
import type { Move, MoveEvent } from '../client/held-lease.ts';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { AllocateAnswer } from '../protocol/answers/lease.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { ExitStatus } from '../system/process/exit-status.ts';
import type { ProcessIdentity } from '../system/process/identity.ts';
import type { Restart, Restarts } from './child/restarts.ts';
import type { Outcome } from './child/supervise.ts';
import type { MissedPort } from './leases/early-failure.ts';
import type { EndReporter, RunLease, RunPorts } from './leases/obtain.ts';
import type { ConflictPolicy } from './leases/settings.ts';
import type { WakeUp } from './leases/wait-until.ts';
import type { RunPlan } from './plan/plan.ts';
import type { WaitReporter } from './wait.ts';

/** What a run has to say; nothing of it goes to the child's streams unless there is something to tell. */
export interface RunReporter extends WaitReporter, EndReporter {
  /** Before anything is started. */
  waitingFor: TellWait;
  started(lease: RunLease, plan: RunPlan): void;
  unreserved(port: number, reason: StyxyError): void;
  restarting(port: number, nextPort: number): void;
  /** The command has failed, and is started again after a pause. */
  startingAgain(plan: RunPlan, status: ExitStatus, restart: Restart): void;
  /** The command failed at its start, and the same service runs in this worktree. */
  runsAlready(other: Allocation): void;
  /** The command failed at its start, and somebody else has the port on which it listened the last time. */
  missesPort(missed: MissedPort, plan: RunPlan): void;
  /** The command has ended, and what it has started takes its time. */
  slow(left: readonly ProcessIdentity[]): void;
  /**
   * The command listens: on its port, or on others.
   * @param plan with the name that the service goes by now
   */
  moved(event: MoveEvent, plan: RunPlan, about: MovedServer): void;
  /** The daemon was asked to start the command again, on another port perhaps. */
  orderedAgain(move: Move | undefined): void;
  /**
   * A run inside the command serves with a lease of its own.
   * @param givenBack the port that the command was started with, when that is nobody's any more
   */
  innerServes(inner: Allocation, givenBack: number | undefined): void;
}

export interface MovedServer {
  /** The one of the plan's ports that is its own, from 0. */
  server: number;
  /** It was told to be on another port. */
  wasElsewhere: boolean;
  /** Its address by its own host name; undefined: it has none. */
  nameUrl: string | undefined;
}

export interface RunParts {
  plan: RunPlan;
  connection: Connection;
  coordinator: Coordinator;
  changes: WakeUp;
  /** The command is ended if it does not listen within this time. */
  waitMs?: number | undefined;
  /** What to do when an outsider took the command's port; asked only then. */
  conflictPolicy: () => Promise<ConflictPolicy>;
  /** How long the command may take to end; asked only when it is to. ms */
  graceMs: () => Promise<number>;
  report: RunReporter;
  /**
   * The service runs already and is to be shared, or somebody else holds the only one there may be.
   * @returns how that ends this run; undefined: it has ended by now, so ask for a port again
   */
  onRunning: (allocation: AllocateAnswer) => Promise<ExitStatus | undefined>;
  /** Told of each start. */
  onStart?: ((lease: RunPorts) => void) | undefined;
  /** Told how the last of the commands has ended. */
  onEnd?: ((outcome: Pick<Outcome, 'askedToEnd'>) => Promise<void>) | undefined;
  /** Whether a command that has ended is started once more. */
  restarts?: Restarts | undefined;
}
