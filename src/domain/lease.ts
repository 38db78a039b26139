/** What keeps a lease alive. `pid` with `startTime` names a process for good; a pid alone can be recycled. */
export type Holder =
  | {
      readonly kind: 'connection';
      readonly pid?: number | undefined;
      readonly startTime?: string | undefined;
    }
  | {
      readonly kind: 'process';
      readonly pid: number;
      readonly startTime: string;
      /** The lease was left to it: it keeps it as long as it lives and the port is used, or soon will be. */
      readonly isHeir?: true | undefined;
    }
  | { readonly kind: 'instance'; readonly id: string }
  | { readonly kind: 'ttl'; readonly expiresAt: number };

/** Something that its holder had started goes on with the lease. */
export function heldByHeir({ pid, startTime }: { pid: number; startTime: string }): Holder {
  return { kind: 'process', pid, startTime, isHeir: true };
}

/** The program that was started with the port, once it is known. */
export interface ServiceProcess {
  readonly pid: number;
  readonly startTime: string | undefined;
}

/** For whom and what a port is wished, and then leased. */
export interface LeaseSubject {
  readonly type: string;
  readonly name: string | undefined;
  readonly project: string | undefined;
  readonly branch: string | undefined;
  readonly instance: string | undefined;
  readonly command: string | undefined;
  readonly requestId: string | undefined;
  readonly holder: Holder;
  readonly service: ServiceProcess | undefined;
}

/** One port, promised to one holder until it ends. Times are milliseconds since the epoch. */
export interface Lease extends LeaseSubject {
  readonly id: string;
  readonly port: number;
  readonly allocatedAt: number;
  /** Who started the program, where the holder does not say which process it is. */
  readonly startedBy?: ServiceProcess | undefined;
  /** Where the program really listens, when that is not its port. Nobody else gets these ports either. */
  readonly driftedTo?: readonly number[] | undefined;
  /** When the holder was found gone while the port was still in use. */
  readonly orphanedAt?: number | undefined;
  /** Only leases of types that run once have it. */
  readonly sharing?: Sharing | undefined;
}

/** Every port that the lease keeps from others. */
export function portsOf({ port, driftedTo = [] }: Pick<Lease, 'port' | 'driftedTo'>): readonly number[] {
  return [port, ...driftedTo];
}

/** A lease that several may use at once. Its own holder is one of them; it ends with the last. */
export interface Sharing {
  /** What others find the lease by. Undefined: its port failed, and they are to get another. */
  readonly key: string | undefined;
  /** The share of the lease's own holder. */
  readonly self: string;
  /** Everybody else, in the order in which they came; the first of them is the next holder. */
  readonly others: readonly Share[];
  /** The share whose program runs on the port, once it is known. */
  readonly servedBy?: string | undefined;
  /** A holder that died while others used the lease: what it left running is looked after when the last one goes. */
  readonly deceased?: Holder | undefined;
}

/** One part in a shared lease. */
export interface Share extends Pick<
  LeaseSubject,
  'holder' | 'project' | 'branch' | 'instance' | 'command' | 'requestId'
> {
  readonly id: string;
}

/** Why a lease ended; told to its holder and written to the log. */
export type EndReason = 'released' | 'holder_gone' | 'expired' | 'reaped' | 'stale';
