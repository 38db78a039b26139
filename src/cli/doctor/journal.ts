import { readSealedLog } from '../../system/files/sealed-log.ts';
import { failed, fine, type Check } from './check.ts';

export type JournalFacts =
  | { path: string; bytes: Buffer }
  | { path: string; missing: true }
  | { path: string; unreadable: string };

/** The state file: every byte of it belongs to an intact record, or the next start has something to repair. */
export function checkJournal(journal: JournalFacts, isDaemonAlive: boolean): Check {
  const { path } = journal;
  const start = isDaemonAlive ? 'styxy daemon restart' : 'styxy daemon start';
  if ('unreadable' in journal)
    return failed(
      'journal',
      `${path} can't be read: ${journal.unreadable}`,
      `make it readable, then ${start}`,
    );
  if ('missing' in journal) {
    return isDaemonAlive
      ? failed('journal', `${path} is gone`, 'wait half a minute: the daemon writes it anew')
      : fine('journal', 'nothing was ever leased');
  }
  const { records, damagedBytes } = readSealedLog(journal.bytes);
  const size = `${journal.bytes.length} bytes, ${countLeases(records)} leases`;
  if (damagedBytes === 0) return fine('journal', `intact: ${size}`);
  return failed(
    'journal',
    `${damagedBytes} bytes of ${path} belong to no intact record (${size})`,
    `${start}: every intact lease is kept, the damaged file goes to backups/`,
  );
}

function countLeases(records: readonly unknown[]): number {
  const live = new Set<unknown>();
  for (const record of records as { op?: string; id?: string; lease?: { id?: string } }[]) {
    if (record?.op === 'lease') live.add(record.lease?.id);
    else if (record?.op === 'end') live.delete(record.id);
  }
  return live.size;
}
