import { messageOf } from '../../base/styxy-error.ts';
import { serviceOf, type Remembered } from '../../domain/affinity.ts';
import type { Core } from '../core.ts';
import type { ToldPorts } from './told.ts';

/** The ports that are kept for services which do not run. */
export interface Memory {
  /** Forgets those of these services whose worktree has been removed. @returns whether there was one */
  forgetGone(keys: Iterable<string>): Promise<boolean>;
  /** The same for a few of all, now and then. Costs the caller nothing. */
  forgetSomeGone(): void;
  forget(key: string): void;
}

export interface MemoryParts extends Pick<Core, 'state' | 'ledger' | 'machine' | 'uptime' | 'log'> {
  readonly told: ToldPorts;
}

const MOST_AT_A_TIME = 20;
const PAUSE_MS = 60_000;

export function createMemory({ state, ledger, machine, uptime, log, told }: MemoryParts): Memory {
  const { affinities, leases } = state;
  let lookedAtSomeAt = -Infinity;
  /** Where the last look at some of them ended. */
  let position = 0;

  function forget(key: string): void {
    ledger.anyway.forget(key);
    for (const [port, promise] of told) if (promise.key === key) told.delete(port);
  }

  /** Undefined where its absence would tell nothing. */
  function worktreeOf(key: string): string | undefined {
    return affinities.get(key)?.isHere ? serviceOf(key).project : undefined;
  }

  /** Where something lives that will be remembered anyway. */
  const worktreesInUse = (): Set<string | undefined> =>
    new Set(Array.from(leases.all()).flatMap(({ holds }) => holds.map(({ project }) => project)));

  async function forgetGone(keys: Iterable<string>): Promise<boolean> {
    const asked = new Set(keys);
    if (asked.size === 0) return false;
    const inUse = worktreesInUse();
    const byWorktree = new Map<string, string[]>();
    for (const key of asked) {
      const worktree = worktreeOf(key);
      if (worktree === undefined || inUse.has(worktree)) continue;
      byWorktree.set(worktree, [...(byWorktree.get(worktree) ?? []), key]);
    }
    let wasAny = false;
    for (const [worktree, ofIt] of byWorktree) {
      if ((await machine.findFolder(worktree)) !== 'gone') continue;
      wasAny = true;
      log.info('a worktree is gone, and its ports are kept no longer', { project: worktree });
      for (const key of ofIt) forget(key);
    }
    return wasAny;
  }

  async function noteWorktree({ key, ports: [port], isTold }: Remembered): Promise<void> {
    const { project } = serviceOf(key);
    if (project === undefined || port === undefined || (await machine.findFolder(project)) !== 'there')
      return;
    // It may have been forgotten meanwhile.
    if (affinities.get(key)?.ports.includes(port))
      ledger.anyway.remember(key, port, { isHere: true, isTold });
  }

  ledger.subscribe({
    remembered(service) {
      if (!service.isHere) unfailing(noteWorktree(service));
    },
  });

  function unfailing(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      log.warn('worktrees could not be looked for', { error: messageOf(error) }),
    );
  }

  return {
    forget,
    forgetGone,
    forgetSomeGone() {
      if (uptime() - lookedAtSomeAt < PAUSE_MS) return;
      lookedAtSomeAt = uptime();
      const all = Array.from(affinities.all(), ({ key }) => key);
      if (position >= all.length) position = 0;
      const some = all.slice(position, position + MOST_AT_A_TIME);
      position += some.length;
      unfailing(forgetGone(some));
    },
  };
}
