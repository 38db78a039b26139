import { silentLogger } from '../../src/base/log.ts';
import { createLedger, type Ledger } from '../../src/daemon/ledger/ledger.ts';
import { createState, type State } from '../../src/daemon/ledger/state.ts';
import { createAffinities } from '../../src/domain/affinity.ts';
import type { JournalRecord } from '../../src/domain/records.ts';
import { createCatalog, type ServiceType } from '../../src/domain/service-type.ts';
import { serviceType } from './leases.ts';

/** Tables with their ledger, and a journal in memory. */
export interface TestLedger {
  readonly state: State;
  readonly ledger: Ledger;
  /** As they would stand in the file. */
  readonly written: JournalRecord[];
  /** When set, nothing can be written. */
  diskError: Error | undefined;
}

export function ledgerFor(
  types: readonly ServiceType[] = [serviceType('dev', 3000, 3099)],
  httpPort = 0,
): TestLedger {
  const state = createState(createCatalog(types), httpPort, { leases: [], affinities: createAffinities() });
  const written: JournalRecord[] = [];
  const made: TestLedger = {
    state,
    written,
    diskError: undefined,
    ledger: createLedger({
      state,
      clock: () => 0,
      log: silentLogger,
      journal: {
        append(record) {
          if (made.diskError) throw made.diskError;
          written.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
        },
      },
    }),
  };
  return made;
}
