import type { ProcessDescription } from '../process/process-table.ts';
import type { Worktree } from '../worktree.ts';

/** A container, by the names its user gave it. */
export interface Container {
  name: string;
  image: string;
  composeProject: string | null;
  composeService: string | null;
  /** When it was made, ISO 8601, cut to the second. */
  createdAt: string | null;
}

/**
 * A process that listens on a TCP port. A socket that several processes share is listed for each of them.
 */
export interface Listener {
  address: string;
  port: number;
  /** Null: the socket belongs to a process that this user may not look at, most likely of another user. */
  pid: number | null;
  command: string | null;
  cwd: string | null;
  user: string | null;
  /** When the process started, ISO 8601. */
  startedAt: string | null;
  /** The worktree that `cwd` lies in. */
  worktree: Worktree | null;
  /** The container whose published port this is. */
  container: Container | null;
}

/** A listener as the system tells it: the folder is known, not yet whose worktree that is. */
export interface FoundListener extends Omit<Listener, 'worktree'> {
  /** Programs of the system run in the root folder, which tells nothing. */
  folder: string | null;
}

/** What is known of a listener's process. */
export type Holder = Omit<FoundListener, 'address' | 'port'>;

export const ofHiddenProcess: Readonly<Holder> = {
  pid: null,
  command: null,
  cwd: null,
  user: null,
  startedAt: null,
  folder: null,
  container: null,
};

export function ofProcess({ pid, command, cwd, user, startedAt }: ProcessDescription): Holder {
  return { pid, command, cwd, user, startedAt, folder: cwd, container: null };
}
