import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { Journal } from './journal.ts';

/** Changes of leases: in the journal first, in the table then. */
export interface Books {
  /** @throws StyxyError STATE_UNWRITABLE, and nothing has changed */
  change(lease: Lease): void;
  /**
   * For what has already happened (a holder died): it is true even if it can't be written down. Read back from an old
   * journal such a lease finds no holder and ends then.
   */
  changeAnyway(lease: Lease): void;
  /** That a lease has ended by itself. */
  noteEnd(id: string): void;
}

export function keepBooks(leases: LeaseTable, journal: Pick<Journal, 'append'>, log: Logger): Books {
  const anyway = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      log.error('the journal misses a record', { error: messageOf(error) });
    }
  };
  return {
    change(lease) {
      journal.append({ op: 'lease', lease });
      leases.replace(lease);
    },
    changeAnyway(lease) {
      anyway(() => journal.append({ op: 'lease', lease }));
      leases.replace(lease);
    },
    noteEnd: (id) => anyway(() => journal.append({ op: 'end', id })),
  };
}
