import type { ListAnswer } from '../../src/protocol/answers/ports.ts';
import { noteServer, type Cast, type Plain, type Run } from './actors.ts';
import { listeningPorts, lives } from './machine.ts';
import type { World } from './world.ts';

/** How long something may be untrue before it is a fault. ms; the machine's own slowness included. */
const TOLERANCE_MS = {
  /** One port, two leases: never. */
  twice: 0,
  /** An acknowledged lease is missing while its holder lives: wrappers come back to a new daemon within this time. */
  lost: 4000,
  /** Holder and listener are gone, and the lease is still there. */
  kept: 7000,
  /** A server of ours listens where no lease explains it. */
  unknown: 4000,
  /** An outsider on a managed port is not told. */
  untold: 2000,
  /** The wrapper was killed, and what it started lives on: the default of `end_grace_ms` is 10 s, for the stubborn ones. */
  orphan: 14_000,
} as const;

interface Complaint {
  readonly kind: keyof typeof TOLERANCE_MS;
  readonly about: string;
}

export interface Checker {
  /** Looks once. @returns what has been wrong for too long */
  look(): Promise<string[]>;
}

/** Compares what Styxy says with what the kernel says. */
export function createChecker(world: World, cast: Cast): Checker {
  const since = new Map<string, number>();
  let daemonSince: number | undefined;

  function overdue(complaints: readonly Complaint[]): string[] {
    const now = performance.now();
    const current = new Set(complaints.map(({ kind, about }) => `${kind}: ${about}`));
    for (const key of since.keys()) if (!current.has(key)) since.delete(key);
    return complaints.flatMap(({ kind, about }) => {
      const key = `${kind}: ${about}`;
      const first = since.get(key) ?? now;
      since.set(key, first);
      if (now - first < TOLERANCE_MS[kind] || (TOLERANCE_MS[kind] === 0 && now < first)) return [];
      since.delete(key);
      return [`${key} for ${Math.round(now - first)} ms`];
    });
  }

  return {
    async look() {
      const told = await world.api.list().catch(() => undefined);
      if (!told) return [];
      // A new daemon has its time to hear from everybody.
      if (world.daemonSince() !== daemonSince) since.clear();
      daemonSince = world.daemonSince();
      const listening = listeningPorts();
      return overdue([
        ...twice(told),
        ...[...cast.runs].flatMap((run) => aboutRun(run, told, listening)),
        ...[...cast.plain].flatMap((plain) => aboutPlain(plain, told, listening, cast)),
        ...untold(world, cast, told),
      ]);
    },
  };
}

function twice({ allocations }: ListAnswer): Complaint[] {
  const seen = new Map<number, string>();
  return allocations.flatMap(({ port, lock_id: id }) => {
    const other = seen.get(port);
    seen.set(port, id);
    return other === undefined ? [] : [{ kind: 'twice', about: `${port} is leased as ${other} and ${id}` }];
  });
}

function aboutRun(run: Run, { allocations }: ListAnswer, listening: ReadonlySet<number>): Complaint[] {
  noteServer(run);
  const { self, server, manner, name } = run;
  const wrapperLives = lives(run.wrapper);
  const serverLives = server !== undefined && lives(server);
  // Without a coordinator (a full disk) it has a port and no lease.
  if (!self || self.lockId === null) return [];
  const lease = allocations.find(({ lock_id: id }) => id === self.lockId);
  const who = `${name} (${manner}, wrapper ${run.wrapper.pid}, server ${self.pid}, port ${self.port})`;
  if (serverLives && (wrapperLives || manner === 'leave')) {
    if (!lease) return [{ kind: 'lost', about: who }];
    const ports = [lease.port, ...lease.listeners.map(({ port }) => port)];
    return listening.has(self.port) && !ports.includes(self.port) ? [{ kind: 'unknown', about: who }] : [];
  }
  if (wrapperLives) return [];
  if (serverLives) return manner === 'leave' ? [] : [{ kind: 'orphan', about: who }];
  return lease && !listening.has(self.port) ? [{ kind: 'kept', about: who }] : [];
}

function aboutPlain(
  plain: Plain,
  { allocations }: ListAnswer,
  listening: ReadonlySet<number>,
  cast: Cast,
): Complaint[] {
  const { lease, holder, released } = plain;
  // Once its port was in use, a lease that only a deadline keeps ends with what used it (recovery.health_monitoring).
  plain.uncertain ||= holder === undefined && listening.has(lease.port);
  const found = allocations.some(({ lock_id: id }) => id === lease.lock_id);
  const who = `port ${lease.port} of ${holder ? `process ${holder.pid}` : 'a deadline'} (${lease.lock_id})`;
  const isOver = released || (holder !== undefined && !lives(holder));
  if (isOver && !found) cast.plain.delete(plain);
  if (isOver) return found && !listening.has(lease.port) ? [{ kind: 'kept', about: who }] : [];
  if (found) return [];
  const mayBeOver = plain.uncertain || (!holder && Date.now() > Date.parse(lease.allocated_at) + 50_000);
  if (!mayBeOver) return [{ kind: 'lost', about: who }];
  cast.plain.delete(plain);
  return [];
}

function untold({ ports }: World, { outsiders }: Cast, { external, allocations }: ListAnswer): Complaint[] {
  const told = new Set([
    ...external.map(({ port }) => port),
    ...allocations.flatMap(({ port, listeners }) => [port, ...listeners.map((each) => each.port)]),
  ]);
  return [...outsiders]
    .filter(({ port }) => port >= ports.first && port <= ports.last && !told.has(port))
    .map(({ port }) => ({ kind: 'untold', about: `an outsider on ${port}` }));
}
