import type { ProcessDescription } from '../process/process-table.ts';
import { findWorktree } from '../worktree.ts';
import type { Container } from './containers.ts';

/**
 * A process that listens on a TCP port, named as on the wire. A socket that several processes share is listed for each
 * of them.
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
  started_at: string | null;
  /** The worktree that `cwd` lies in, and its branch. */
  project_path: string | null;
  branch: string | null;
  /** The container whose published port this is. */
  container: Container | null;
}

/** What is known of a listener's process. */
export type Holder = Omit<Listener, 'address' | 'port'>;

export const ofHiddenProcess: Readonly<Holder> = {
  pid: null,
  command: null,
  cwd: null,
  user: null,
  started_at: null,
  project_path: null,
  branch: null,
  container: null,
};

export function ofProcess({ pid, command, cwd, user, startedAt }: ProcessDescription): Holder {
  return { pid, command, cwd, user, started_at: startedAt, ...placeOf(cwd), container: null };
}

/** Programs of the system run in the root folder, which tells nothing. */
export function placeOf(folder: string | null): { project_path: string | null; branch: string | null } {
  if (folder === null || folder === '/') return { project_path: null, branch: null };
  const { path, branch } = findWorktree(folder);
  return { project_path: path, branch };
}
