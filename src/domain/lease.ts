import type { Reason } from './reason.ts';
import type { ServiceOrigin } from './service-names.ts';

/** What keeps a lease alive. `pid` with `startTime` names a process for good; a pid alone can be recycled. */
export type Holder =
  | {
      readonly kind: 'connection';
      readonly pid?: number | undefined;
      readonly startTime?: string | undefined;
      /** The pid namespace of a holder that can't be seen from here: its pid is none of ours. */
      readonly namespace?: string | undefined;
    }
  | {
      readonly kind: 'process';
      readonly pid: number;
      readonly startTime: string;
      /** It was started by a holder that has ended: it keeps the lease while the port is used, or soon will be. */
      readonly isAdopted?: true | undefined;
    }
  | { readonly kind: 'instance'; readonly id: string }
  /** Milliseconds since the epoch. */
  | { readonly kind: 'ttl'; readonly expiresAt: number };

/** A process for good: a pid can be recycled, a pid with its start time can't. */
export interface ProcessId {
  readonly pid: number;
  readonly startTime: string;
}

/** The program that was started with the port, once it is known. */
export interface ServiceProcess {
  readonly pid: number;
  readonly startTime: string | undefined;
}

/** What a holder says about itself and what it wants the port for. */
export interface HoldSubject {
  readonly holder: Holder;
  readonly project: string | undefined;
  readonly origin?: ServiceOrigin | undefined;
  readonly branch: string | undefined;
  readonly instance: string | undefined;
  readonly command: string | undefined;
  readonly requestId: string | undefined;
  /** Its command is another run, which is to use the lease. */
  readonly handsOn?: true | undefined;
  /** The lease of the run around it. */
  readonly inside?: string | undefined;
}

/** One of those that keep a lease alive. */
export interface Hold extends HoldSubject {
  /** Unique in its lease; told to the asker as `share_id` where several may hold the lease. */
  readonly id: string;
  /** The process that started the lease's program, where the holder does not say which process it is. */
  readonly startedBy?: ServiceProcess | undefined;
}

/** One port, promised until the last of its holders ends. Times are milliseconds since the epoch. */
export interface Lease {
  readonly id: string;
  readonly port: number;
  readonly type: string;
  readonly name: string | undefined;
  /** In the order in which they came. The first stands for the lease in lists. */
  readonly holds: readonly [Hold, ...Hold[]];
  readonly service: ServiceProcess | undefined;
  readonly allocatedAt: number;
  /** The host name of the service, without `.localhost`; undefined: it does not speak HTTP, or wants none. */
  readonly host?: string | undefined;
  /** Why this port; unknown of leases that an older version wrote down. */
  readonly reason?: Reason | undefined;
  /** Where the program really listens, when that is not its port. Nobody else gets these ports either. */
  readonly driftedTo?: readonly number[] | undefined;
  /** When the last holder was found gone while the port was still in use. */
  readonly orphanedAt?: number | undefined;
  /** The run inside the holder's command that uses the lease; perhaps to hand it on once more. */
  readonly inner?: (ProcessId & { readonly handsOn?: true | undefined }) | undefined;
  /** Only leases of services that run once have it: further askers join the lease. */
  readonly shared?: Shared | undefined;
}

export interface Shared {
  /** What others find the lease by. Undefined: its port failed, and they are to get another. */
  readonly key: string | undefined;
  /** The whole machine has one, whatever project asks for it. */
  readonly isOfMachine?: true | undefined;
  /** The hold whose program runs on the port, once it is known. */
  readonly servedBy?: string | undefined;
  /** A holder that died while others held the lease: what it left running is looked after when the last one goes. */
  readonly leftBy?: Holder | undefined;
}

/** Why a lease ended; told to its holders and written to the log. */
export type EndReason = 'released' | 'holder_gone' | 'expired' | 'reaped' | 'stale';

/** Every port that the lease keeps from others. */
export function portsOf({ port, driftedTo = [] }: Pick<Lease, 'port' | 'driftedTo'>): readonly number[] {
  return [port, ...driftedTo];
}

/** The process that a holder is, as far as it says so. */
export function pidOf(holder: Holder): number | undefined {
  return 'pid' in holder ? holder.pid : undefined;
}

/** The same, certain to be that process and no other. */
export function processOf(holder: Holder): ProcessId | undefined {
  if (!('pid' in holder) || holder.pid === undefined || holder.startTime === undefined) return undefined;
  return { pid: holder.pid, startTime: holder.startTime };
}
