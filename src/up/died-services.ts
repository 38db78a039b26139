import { statSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { Paths } from '../system/paths.ts';
import { exists } from '../system/process/identity.ts';
import { findWorktree } from '../system/worktree.ts';
import { allServiceLogs } from '../system/service-log.ts';
import { recallStart } from '../run/child/service-start.ts';

/** A service that `styxy up` has left in the background, and that has ended by itself. */
export interface DiedService {
  name: string;
  /** The worktree. */
  project: string;
}

/** @param running the leases that there are */
export function diedServices(paths: Paths, running: readonly Allocation[]): DiedService[] {
  const bootedAt = Date.now() - uptime() * 1000;
  return allServiceLogs(paths).flatMap(({ name, file }) => {
    const start = recallStart(file);
    if (start?.flags.up === undefined || start.attachedTo !== undefined) return [];
    // One of several of a run; one that was ended, or lives, or ran before the machine was started.
    if (start.log !== undefined || start.stopped || exists(start.pid)) return [];
    if (running.some(({ holder }) => holder.pid === start.pid)) return [];
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < bootedAt) return [];
    return [{ name, project: findWorktree(start.cwd).path }];
  });
}

/** For people. */
export const describeDied = ({ name }: DiedService): string =>
  `${name} has ended by itself: styxy logs ${name} shows why, styxy up --detach starts it again`;
