import { readJournal, type JournalContent } from '../../src/daemon/ledger/journal.ts';
import { createReplayed, replay, type JournalRecord, type Replayed } from '../../src/domain/records.ts';

/** What stands in a daemon's journal. */
export function recordsAt(path: string): JournalContent & { records: JournalRecord[] } {
  const records: JournalRecord[] = [];
  return { ...readJournal(path, (record) => void records.push(record)), records };
}

/** What the records leave, one after the other. */
export function replayed(records: Iterable<JournalRecord>): Replayed {
  const state = createReplayed();
  for (const record of records) replay(state, record);
  return state;
}
