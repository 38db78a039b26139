import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { readTextOrNothing } from '../files/read-text.ts';

/** Where a process is in the unified hierarchy (Linux, cgroups(7)). */
export interface ControlGroup {
  /** Below the root: `/user.slice/user-1000.slice/session-3.scope`. */
  readonly path: string;
  /** Its folder, and that of the root. */
  readonly folder: string;
  readonly root: string;
}

/** Undefined where the system has none, or does not show it. */
export function controlGroupOf(pid: number | 'self'): ControlGroup | undefined {
  const path = /^0::(\/.*)$/m.exec(readTextOrNothing(`/proc/${pid}/cgroup`) ?? '')?.[1];
  const mount = findMount(readTextOrNothing('/proc/self/mountinfo') ?? '');
  // Outside of what is mounted here, the kernel writes a path that goes up.
  if (path === undefined || mount === undefined || path.split('/').includes('..')) return undefined;
  const below = relative(mount.root, path);
  return below.startsWith('..') ? undefined : { path, folder: join(mount.at, below), root: mount.at };
}

/** @param mountinfo the text of /proc/self/mountinfo, proc_pid_mountinfo(5) */
export function findMount(mountinfo: string): { root: string; at: string } | undefined {
  const line = mountinfo.split('\n').find((each) => each.includes(' - cgroup2 '));
  const [, , , root, at] = line?.split(' ') ?? [];
  const plain = (text: string): string =>
    text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
  return root === undefined || at === undefined ? undefined : { root: plain(root), at: plain(at) };
}

const OWN_GROUP = 'styxy-daemon';

/**
 * Takes this process out of the group in which it was started, as far up as this user may go: the limits of a job, and what
 * ends it with all that it has started, are not meant for others. Where it may not, nothing changes.
 */
export async function leaveControlGroup(): Promise<void> {
  const own = controlGroupOf('self');
  const top = own && topOf(own);
  if (top === undefined) return;
  // The very root takes any process; other groups with groups in them take none.
  const target = existsSync(join(top, 'cgroup.type')) ? join(top, OWN_GROUP) : top;
  try {
    if (target !== top) await mkdir(target, { recursive: true });
    await writeFile(procs(target), String(process.pid));
  } catch {
    // The kernel has more rules than can be asked for. The daemon works where it is.
  }
}

const procs = (folder: string): string => join(folder, 'cgroup.procs');

/** The folder of the highest group above this one to which this user may move processes. */
function topOf({ folder, root }: ControlGroup): string | undefined {
  if (basename(folder) === OWN_GROUP) return undefined;
  let top: string | undefined;
  for (let at = folder; at !== root;) {
    at = dirname(at);
    try {
      accessSync(procs(at), constants.W_OK);
    } catch {
      return top;
    }
    top = at;
  }
  return top;
}

const LIMITS = ['memory.max', 'memory.high', 'pids.max', 'cpu.max'];
/** What systemd makes for users and for all of their sessions, not for one command. */
const NOBODYS_JOB = /\.slice$|^user@\d+\.service$/;

/** The limits of the job that the group is of: `pids.max 100`. */
export function limitsOfJob({ folder, root }: ControlGroup): string[] {
  const found: string[] = [];
  for (let at = folder; at !== root && !NOBODYS_JOB.test(basename(at)); at = dirname(at)) {
    for (const name of LIMITS) {
      const value = readTextOrNothing(join(at, name))?.trim();
      if (value !== undefined && !value.startsWith('max')) found.push(`${name} ${value}`);
    }
  }
  return found;
}
