import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { linkIfAbsent } from '../system/files/link-if-absent.ts';
import { readTextIfThere } from '../system/files/read-text.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId, identify } from '../system/process/identity.ts';

/** The right to start the daemon while other clients wait. */
export interface StartLock {
  release(): void;
}

interface Holder {
  pid: number;
  start_time: string;
  boot_id: string;
  nonce: string;
}

/**
 * When many clients find no daemon at the same moment, one of them starts it: twenty daemons that start at once keep a
 * small machine so busy that none of them is up in time. This only spares the machine. `daemon.pid` ensures that there is
 * one daemon, so where this lock can't be written, every client has it.
 */
export function takeStartLock(path: string): StartLock | { heldBy: string } {
  const mine: Holder = {
    pid: process.pid,
    start_time: identify(process.pid)?.startTime ?? '',
    boot_id: bootId(),
    nonce: randomUUID(),
  };
  const release = (): void => {
    if (holderIn(path)?.nonce === mine.nonce) rmSync(path, { force: true });
  };
  const draft = `${path}.${mine.nonce}`;
  try {
    writeFileSync(draft, JSON.stringify(mine), { mode: 0o600, flag: 'wx' });
    if (linkIfAbsent(draft, path)) return { release };
    const holder = holderIn(path);
    if (holder && isHolderAlive(holder, mine.boot_id)) return { heldBy: holder.nonce };
    rmSync(path, { force: true });
    linkIfAbsent(draft, path);
  } catch {
    // A full or read-only disk is the daemon's to report.
  } finally {
    rmSync(draft, { force: true });
  }
  return { release };
}

function holderIn(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readTextIfThere(path) ?? '');
    return typeof value === 'object' ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}
