import type { Lease } from '../../domain/lease.ts';
import type { Core } from '../core.ts';
import type { Occupancy } from '../machine/occupancy.ts';
import type { States } from '../machine/states.ts';
import type { Connections } from './connections.ts';

/** What the rules about holders work with. */
export interface HoldersContext extends Core {
  readonly states: Pick<States, 'wasInUse'>;
  readonly occupancy: Occupancy;
  readonly connections: Connections;
  readonly deadlines: Deadlines;
  /** Holds whose end is being settled. */
  readonly settling: Set<string>;
  /** Holds whose owner has said that it goes: the end of its connection is not its death. */
  readonly detaching: Map<string, Detaching>;
}

/**
 * Deadlines by the clock that never jumps. In the journal they stand by that of the wall, which people and network time
 * set, and which goes on while the machine sleeps: neither may end a lease, or keep one that is over.
 */
export interface Deadlines {
  /** @param expiresAt by the clock of the wall, as it went when this hold was first seen @returns by `uptime` */
  dueAt(holdId: string, expiresAt: number): number;
  forget(holdId: string): void;
}

export interface Detaching {
  readonly lease: Lease;
  /** Settles when it is clear what becomes of the lease. */
  readonly done: Promise<unknown>;
}
