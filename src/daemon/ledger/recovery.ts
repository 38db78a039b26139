import { rmSync, writeFileSync } from 'node:fs';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import type { Affinities } from '../../domain/affinity.ts';
import type { HostNames } from '../../domain/host-names.ts';
import type { Instance } from '../../domain/instance-table.ts';
import type { Lease } from '../../domain/lease.ts';
import { withoutSharedPorts } from '../../domain/reconcile.ts';
import { createReplayed, replay, type Replayed } from '../../domain/records.ts';
import type { ServiceNames } from '../../domain/service-names.ts';
import { withoutDoubleKeys } from '../../domain/holds.ts';
import type { RecoveryReport } from '../../protocol/answers/status.ts';
import type { UserConfig } from '../../settings/schema.ts';
import type { Paths } from '../../system/paths.ts';
import { setAside } from '../../system/files/backup.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { readJournal, type JournalContent } from './journal.ts';

export type RecoveryRules = UserConfig['recovery']['system_recovery'];

export interface Recovered {
  leases: Lease[];
  affinities: Affinities;
  instances: Instance[];
  names: ServiceNames;
  hosts: HostNames;
  /** What was wrong, in words for people. */
  notices: string[];
  report: RecoveryReport;
  /** There was no state at all. */
  isFresh: boolean;
}

const EVERYTHING: RecoveryRules = { enabled: true, backup_corrupted_state: true, max_recovery_attempts: 3 };

/** Reasons that don't go away by waiting: the file is a folder, belongs to another, or its disk is broken. */
const LASTING: ReadonlySet<string> = new Set(['EISDIR', 'EACCES', 'EPERM', 'EIO', 'ELOOP']);

/**
 * What the last daemon left: every lease of an intact record. A damaged journal is kept aside before anything is
 * written, and after a reboot no lease is valid, since no process of its holder can live.
 * @throws StyxyError STATE_UNWRITABLE when there is a state and it may not or can't be used
 */
export function recover(paths: Paths, boot: string, rules: RecoveryRules = EVERYTHING): Recovered {
  const notices: string[] = [];
  const { replayed, ...content } = readOrSetAside(paths, rules, notices);
  let keptAside = content.setAside ?? null;
  if (content.damagedBytes > 0) {
    if (!rules.enabled) throw damaged(paths.state, content.damagedBytes);
    keptAside = rules.backup_corrupted_state
      ? setAside(paths.state, paths.backups, 'damaged', 'copy')
      : keptAside;
    notices.push(
      `the state file was damaged (${content.damagedBytes} bytes): every intact lease was kept, and ` +
        (keptAside === null ? 'the rest is gone' : `the damaged file is ${keptAside}`),
    );
  }
  if (content.strange > 0) {
    notices.push(
      `${content.strange} records of the state file mean nothing to this version, and were left out`,
    );
  }
  const known = [...replayed.leases.values()];
  const isOfThisBoot = content.boot === undefined || content.boot === boot;
  let leases = isOfThisBoot ? known : [];
  for (const repair of REPAIRS) leases = repair(leases);
  return {
    leases,
    affinities: replayed.affinities,
    instances: isOfThisBoot ? [...replayed.instances.values()] : [],
    names: replayed.names,
    hosts: replayed.hosts,
    isFresh: content.boot === undefined && content.count === 0,
    notices,
    report: {
      leases: leases.length,
      damaged_bytes: content.damagedBytes,
      kept_aside: keptAside,
      voided_by_reboot: isOfThisBoot ? 0 : known.length,
      dropped: isOfThisBoot ? known.length - leases.length : 0,
      orphaned: 0,
      killed_before: null,
    },
  };
}

/** What has to hold among the leases of a state before it is used; each returns those that may stay. */
const REPAIRS: readonly ((leases: Lease[]) => Lease[])[] = [withoutSharedPorts, withoutDoubleKeys];

/**
 * The journal's content. One that can't be read at all makes the start fail, since a repair then loses nothing;
 * after `max_recovery_attempts` failures in a row it is moved to the backups, and the daemon starts without it: living wrappers bring
 * their leases along.
 */
function readOrSetAside(
  paths: Paths,
  rules: RecoveryRules,
  notices: string[],
): JournalContent & { replayed: Replayed; setAside?: string } {
  const tries = `${paths.state}.tries`;
  const replayed = createReplayed();
  try {
    const content = readJournal(paths.state, (record) => replay(replayed, record));
    rmSync(tries, { force: true });
    return { ...content, replayed };
  } catch (error) {
    const why = error instanceof StyxyError ? error : undefined;
    if (!rules.enabled || !why || !LASTING.has(systemCode(why.cause) ?? '')) throw error;
    const attempt = failuresIn(tries) + 1;
    if (attempt < rules.max_recovery_attempts) {
      writeFileSync(tries, `${attempt}\n`, { mode: 0o600 });
      const left = rules.max_recovery_attempts - attempt;
      throw new StyxyError('STATE_UNWRITABLE', why.message, {
        why: `${why.why} (after ${left} more failed ${left === 1 ? 'start' : 'starts'} it is set aside)`,
        hint: `make ${paths.state} readable, or move it away`,
        details: { path: paths.state, attempt },
        cause: error,
      });
    }
    const kept = setAside(paths.state, paths.backups, 'unreadable', 'move');
    rmSync(tries, { force: true });
    notices.push(
      `the state file could not be read in ${attempt} starts (${why.why}): it was moved to ${kept}, and ` +
        'leases that nobody takes up again are lost',
    );
    const nothing = { count: 0, boot: undefined, damagedBytes: 0, strange: 0 };
    return { ...nothing, replayed: createReplayed(), setAside: kept };
  }
}

function failuresIn(tries: string): number {
  const count = Number.parseInt(readTextIfThere(tries) ?? '', 10);
  return count > 0 ? count : 0;
}

function damaged(path: string, bytes: number): StyxyError {
  return new StyxyError('STATE_UNWRITABLE', `${path} is damaged`, {
    why: `${bytes} bytes of it belong to no intact record, and recovery.system_recovery.enabled is false`,
    hint: 'set recovery.system_recovery.enabled to true: every intact lease is then kept; styxy doctor shows it',
    details: { path, damaged_bytes: bytes },
  });
}
