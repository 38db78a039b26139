import type { Lease } from './lease.ts';

/**
 * Affinity: the same service of the same worktree gets the same port again.
 * The first port a service ever got stays its first wish; ports it had to fall back to are remembered behind it, so
 * that it returns to the first one as soon as an outsider leaves, and parallel runs keep their own ports. A port that
 * its program takes whatever it is given comes before all of them.
 */
export interface Affinities {
  /** Ports this service had, the one to return to first. */
  portsOf(key: string): readonly number[];
  /** The service that is used to this port. */
  ownerOf(port: number): string | undefined;
  /** @param isFirst before those it had so far */
  remember(key: string, port: number, isFirst?: boolean): void;
  /** These ports in this order, and no others. */
  restore(key: string, ports: readonly number[]): void;
  /** A service of that name is remembered, of whatever type. */
  knows(project: string, name: string): boolean;
  entries(): IterableIterator<[key: string, ports: readonly number[]]>;
}

const PORTS_KEPT = 4;
const SERVICES_KEPT = 2000;

export function affinityKey(
  project: string | undefined,
  type: string,
  name: string | undefined,
): string | undefined {
  return project === undefined || name === undefined ? undefined : JSON.stringify([project, type, name]);
}

/** The service that a lease is for. */
export function affinityOf({ type, name, holds: [first] }: Lease): string | undefined {
  return affinityKey(first.project, type, name);
}

/** The service that a key stands for. */
export function serviceOf(key: string): { project: string; type: string; name: string } {
  const [project, type, name] = JSON.parse(key) as [string, string, string];
  return { project, type, name };
}

export function createAffinities(): Affinities {
  const ports = new Map<string, readonly number[]>();
  const owners = new Map<number, string>();

  function forget(key: string): void {
    for (const port of ports.get(key) ?? []) if (owners.get(port) === key) owners.delete(port);
    ports.delete(key);
  }

  function keep(key: string, all: readonly number[], owned: readonly number[]): void {
    const kept = all.slice(0, PORTS_KEPT);
    // Re-inserting keeps the map in order of last use, so that the oldest service is the one forgotten.
    ports.delete(key);
    ports.set(key, kept);
    for (const port of owned) if (kept.includes(port)) owners.set(port, key);
    const oldest = ports.size > SERVICES_KEPT ? ports.keys().next().value : undefined;
    if (oldest !== undefined) forget(oldest);
  }

  return {
    portsOf: (key) => ports.get(key) ?? [],
    ownerOf: (port) => owners.get(port),
    remember(key, port, isFirst = false) {
      const known = ports.get(key) ?? [];
      const behind = known.includes(port) ? known : [...known, port];
      keep(key, isFirst ? [port, ...known.filter((each) => each !== port)] : behind, [port]);
    },
    restore: (key, all) => keep(key, all, all),
    knows(project, name) {
      const [head, tail] = [`[${JSON.stringify(project)},`, `,${JSON.stringify(name)}]`];
      for (const key of ports.keys()) if (key.startsWith(head) && key.endsWith(tail)) return true;
      return false;
    },
    entries: () => ports.entries(),
  };
}
