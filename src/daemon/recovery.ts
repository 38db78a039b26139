import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createAffinities, type Affinities } from '../domain/affinity.ts';
import type { Lease } from '../domain/lease.ts';
import { withoutSharedPorts } from '../domain/reconcile.ts';
import { replay } from '../domain/records.ts';
import type { Paths } from '../system/paths.ts';
import { readJournal } from './journal.ts';

const BACKUPS_KEPT = 10;

export interface Recovered {
  leases: Lease[];
  affinities: Affinities;
  /** What was wrong, in words for people. */
  notices: string[];
}

/**
 * What the last daemon left: every lease of an intact record. A damaged journal is kept aside before anything is
 * written, and after a reboot no lease is valid, since no process of its holder can live.
 */
export function recover(paths: Paths, boot: string): Recovered {
  const affinities = createAffinities();
  const content = readJournal(paths.state);
  const notices: string[] = [];
  if (content.damagedBytes > 0) {
    const copy = keepAside(paths.state, paths.backups);
    notices.push(
      `the state file was damaged (${content.damagedBytes} bytes): every intact lease was kept, ` +
        `and the damaged file is ${copy}`,
    );
  }
  const live = replay(content.records, affinities);
  if (content.boot !== undefined && content.boot !== boot) return { leases: [], affinities, notices };
  return { leases: withoutSharedPorts(live.values()), affinities, notices };
}

function keepAside(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = `${basename(file)}.damaged-`;
  const copy = join(folder, `${prefix}${new Date().toISOString().replaceAll(':', '-')}`);
  copyFileSync(file, copy);
  const older = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .toSorted();
  for (const name of older.slice(0, -BACKUPS_KEPT)) rmSync(join(folder, name), { force: true });
  return copy;
}
