import { ensurePrivateFolder } from '../system/files/private-folder.ts';
import { refuseOtherMachine } from '../system/other-machine.ts';
import type { Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId } from '../system/process/identity.ts';
import { spawnDaemon, type Spawned } from './spawn-daemon.ts';
import { takeStartLock, type StartLock } from './start-lock.ts';

/** How long a daemon that holds `daemon.pid` and can't be reached counts as starting. ms */
const LOCK_PATIENCE_MS = 1000;
/** How long a start by another client, or by us, counts as under way. ms */
const START_PATIENCE_MS = 3000;

export interface StartOptions {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** The user wants a daemon, and not only an answer. */
  isAskedFor?: boolean | undefined;
}

/** Starts a daemon when there is none, as seldom as possible. */
export interface DaemonStarter {
  /**
   * Called again and again while nobody answers: starts a daemon unless one is on its way.
   * @param holder the daemon that `daemon.pid` names
   * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN when the home can't be used
   */
  help(holder: PidFile | undefined): Promise<void>;
  /** It is not waited for any more: ends the last that was started if it hangs. @param holder as above */
  giveUp(holder: PidFile | undefined): Promise<void>;
  /** The last that was started. */
  readonly spawned: Spawned | undefined;
  /** Gives the start lock back. */
  close(): void;
}

export function createDaemonStarter({ paths, env, isAskedFor = false }: StartOptions): DaemonStarter {
  const patience = {
    daemon: createPatience(LOCK_PATIENCE_MS),
    lock: createPatience(START_PATIENCE_MS),
    own: createPatience(START_PATIENCE_MS),
  };
  let count = 0;
  let lock: StartLock | undefined;
  let spawned: Spawned | undefined;

  function isOnItsWay(holder: PidFile | undefined): boolean {
    if (spawned && !spawned.exit && patience.own.isLeftFor(String(count))) return true;
    // Not for long: a daemon that has lost its socket holds it as well, and binds it again when another one starts.
    if (holder && isHolderAlive(holder, bootId()) && patience.daemon.isLeftFor(`${holder.nonce} ${count}`)) {
      return true;
    }
    if (lock) return false;
    const taken = takeStartLock(paths.starting);
    if ('heldBy' in taken) return patience.lock.isLeftFor(taken.heldBy);
    lock = taken;
    return false;
  }

  const giveUp: DaemonStarter['giveUp'] = async (holder) => {
    if (spawned && holder?.pid !== spawned.pid) await spawned.endIfHung();
  };

  return {
    giveUp,
    async help(holder) {
      ensurePrivateFolder(paths.root, { followLink: true });
      refuseOtherMachine(paths.root);
      if (isOnItsWay(holder)) return;
      count += 1;
      await giveUp(holder);
      spawned = await spawnDaemon(paths, env, isAskedFor);
    },
    get spawned() {
      return spawned;
    },
    close: () => lock?.release(),
  };
}

/** Counts the time for which the same one has been waited for. */
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
