import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { systemCode } from '../../base/styxy-error.ts';
import { linkIfAbsent } from '../../system/files/link-if-absent.ts';
import { replaceFile } from '../../system/files/replace.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { parsePidFile, readPidFile, type PidFile } from '../../system/pid-file.ts';
import { machineName } from '../../system/machine-name.ts';
import { refuseDaemonElsewhere } from '../../system/other-machine.ts';
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
 * @throws StyxyError STATE_UNWRITABLE when it is the daemon of another machine
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
      refuseDaemonElsewhere(path, facts.bootId);
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
