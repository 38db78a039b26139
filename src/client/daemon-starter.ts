import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import type { Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId } from '../system/process/identity.ts';
import { spawnDaemon, type Spawned } from './spawn-daemon.ts';
import { takeTurn, type Turn } from './start-lock.ts';

/** How long a daemon that has the lock and can't be reached is left to its work. ms */
const LOCK_PATIENCE_MS = 1000;
/** How long another who starts one, or a starter of our own, is left to it. ms */
const START_PATIENCE_MS = 3000;

/** Starts the daemon for one who finds none, as seldom as possible. */
export interface Starter {
  /**
   * Called again and again while nobody answers: starts a daemon unless one is on its way.
   * @param holder who has the lock, by `daemon.pid`
   * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN when the home can't be used
   */
  help(holder: PidFile | undefined): Promise<void>;
  /** The last that was started. */
  readonly spawned: Spawned | undefined;
  /** Nobody needs to wait for us any longer. */
  close(): void;
}

export function createStarter({ paths, env }: { paths: Paths; env: NodeJS.ProcessEnv }): Starter {
  const patience = {
    lock: createPatience(LOCK_PATIENCE_MS),
    turn: createPatience(START_PATIENCE_MS),
    own: createPatience(START_PATIENCE_MS),
  };
  let count = 0;
  let turn: Turn | undefined;
  let spawned: Spawned | undefined;

  function isOnItsWay(holder: PidFile | undefined): boolean {
    if (spawned && !spawned.exit && patience.own.isLeftFor(String(count))) return true;
    // Not believed for long: a daemon that has lost its socket holds the lock as well, and a starter reminds it.
    if (holder && isHolderAlive(holder, bootId()) && patience.lock.isLeftFor(`${holder.nonce} ${count}`)) {
      return true;
    }
    if (turn) return false;
    const taken = takeTurn(paths.starting);
    if ('heldBy' in taken) return patience.turn.isLeftFor(taken.heldBy);
    turn = taken;
    return false;
  }

  return {
    async help(holder) {
      ensurePrivateFolder(paths.home, { followLink: true });
      if (isOnItsWay(holder)) return;
      count += 1;
      spawned = await spawnDaemon(paths, env);
    },
    get spawned() {
      return spawned;
    },
    close: () => turn?.release(),
  };
}

/** Whether one and the same has been waited for no longer than that. */
function createPatience(limitMs: number): { isLeftFor(whom: string): boolean } {
  let waitingFor: string | undefined;
  let since = 0;
  return {
    isLeftFor(whom) {
      const now = performance.now();
      if (whom !== waitingFor) [waitingFor, since] = [whom, now];
      return now - since < limitMs;
    },
  };
}
