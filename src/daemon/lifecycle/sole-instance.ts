import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import { linkIfAbsent } from '../../system/files/link-if-absent.ts';
import { replaceFile } from '../../system/files/replace.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { parsePidFile, readPidFile, type PidFile } from '../../system/pid-file.ts';
import { machineName } from '../../system/machine-name.ts';
import { ownNetwork } from '../../system/network-namespace.ts';
import { isHolderAlive } from '../../system/pid-holder.ts';
import { identify } from '../../system/process/identity.ts';

export interface SoleInstance {
  /** Rewrites what the file says about us, still holding it. */
  describe(facts: Partial<Pick<PidFile, 'socket'>>): Promise<void>;
  /** The file is still the one we linked. */
  isOurs(): boolean;
  /** Shows other machines that may share this disk that we live: they can't see our process. */
  touch(): void;
  /** Links the file again if it is gone and nobody else has linked his. @returns whether it is ours now */
  reclaim(): boolean;
  /** Who held it before, if he ended without releasing it. */
  readonly previous: PidFile | undefined;
  release(): void;
}

/**
 * Becomes the one daemon of this home, or returns who already is. `daemon.pid` is the lock: the process that linked it into
 * place is the daemon, and only the daemon may remove and bind the socket.
 *
 * A file left behind by a dead daemon is moved away first; what was moved is compared with what was judged dead, and
 * put back if another starter was faster. Age plays no role: a suspended laptop or a stopped process is not a dead one.
 */
export function becomeSoleInstance(
  path: string,
  facts: Pick<PidFile, 'version' | 'socket'> & { bootId: string },
): SoleInstance | { heldBy: PidFile | undefined } {
  const self = identify(process.pid);
  if (!self) throw new Error('this process has no start time');
  const mine: PidFile = {
    pid: process.pid,
    start_time: self.startTime,
    boot_id: facts.bootId,
    nonce: randomUUID(),
    version: facts.version,
    started_at: new Date().toISOString(),
    socket: facts.socket,
    network: ownNetwork(),
    machine: machineName(),
  };
  const draft = `${path}.${mine.nonce}`;
  let previous: PidFile | undefined;
  try {
    writeFileSync(draft, serialize(mine), { mode: 0o600, flag: 'wx' });
    while (!linkIfAbsent(draft, path)) {
      const content = readTextIfThere(path);
      if (content === undefined) continue;
      const holder = parsePidFile(content);
      if (holder && isHolderAlive(holder, facts.bootId)) return { heldBy: holder };
      if (holder && isElsewhere(holder, mine) && isFresh(path, draft)) throw sharedWith(holder, path);
      previous = holder;
      moveAway(path, content, mine.nonce);
    }
  } finally {
    rmSync(draft, { force: true });
  }

  let current = mine;
  return {
    previous,
    async describe(changes) {
      current = { ...current, ...changes };
      await replaceFile(path, serialize(current), 0o600);
    },
    isOurs: () => readPidFile(path)?.nonce === mine.nonce,
    touch: () => utimesSync(path, new Date(), new Date()),
    reclaim() {
      const again = `${path}.${randomUUID()}`;
      try {
        writeFileSync(again, serialize(current), { mode: 0o600, flag: 'wx' });
        return linkIfAbsent(again, path);
      } finally {
        rmSync(again, { force: true });
      }
    },
    release() {
      if (readPidFile(path)?.nonce === mine.nonce) rmSync(path, { force: true });
    },
  };
}

/** Of another machine, and of another boot, for a machine may have got another name. */
const isElsewhere = (holder: PidFile, own: PidFile): boolean =>
  holder.machine !== undefined && holder.machine !== own.machine && holder.boot_id !== own.boot_id;

/** How long a daemon elsewhere counts as living after its last touch. ms */
const LAST_TOUCH_MS = 120_000;

/** By the clock of the disk, which has just stamped our draft. */
const isFresh = (path: string, draft: string): boolean =>
  statSync(draft).mtimeMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < LAST_TOUCH_MS;

function sharedWith({ pid, machine }: PidFile, path: string): StyxyError {
  return new StyxyError('STATE_UNWRITABLE', `${dirname(path)} is in use by another machine`, {
    why: `its daemon (pid ${pid}) runs on ${machine}, with leases of ports there`,
    hint: 'point STYXY_HOME to a folder that belongs to this machine alone',
    details: { path },
  });
}

function moveAway(path: string, judged: string, nonce: string): void {
  const aside = `${path}.${nonce}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  // Between our reading and our move another starter may have put its own file there.
  if (readTextIfThere(aside) !== judged) linkIfAbsent(aside, path);
  rmSync(aside, { force: true });
}

const serialize = (file: PidFile): string => `${JSON.stringify(file, null, 2)}\n`;
