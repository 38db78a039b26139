import type { Lease } from './lease.ts';
import { isOfMachine, type ServiceType } from './service-type.ts';

/** A service and the ports on which it has listened, the one to return to first. */
export interface Remembered {
  readonly key: string;
  readonly ports: readonly number[];
  /** When it was last seen to listen. ms since the epoch; undefined of records of older versions. */
  readonly at?: number | undefined;
  /** Its worktree has been seen on this machine. Of another (a container's, say) the absence tells nothing. */
  readonly isHere?: true | undefined;
  /** Its project was told the port, and it has not listened yet. */
  readonly isTold?: true | undefined;
}

/** What is known of a port on which a service has listened. */
export interface PortFacts extends Pick<Remembered, 'at' | 'isHere' | 'isTold'> {
  /** It is the first wish from now on. */
  readonly isFirst?: boolean;
}

/**
 * Affinity: the same service of the same worktree gets the same port again.
 * The first port a service ever listened on stays its first wish; ports it had to fall back to are remembered behind it,
 * so that it returns to the first one as soon as an outsider leaves, and parallel runs keep their own ports. These are
 * kept from others. The port that it had last without listening there is tried again, and kept from nobody.
 */
export interface Affinities {
  /** Ports this service had, the one to return to first. */
  portsOf(key: string): readonly number[];
  /** The service that this port is kept for. */
  ownerOf(port: number): string | undefined;
  get(key: string): Remembered | undefined;
  /** The service has listened on this port. */
  remember(key: string, port: number, facts?: PortFacts): void;
  /** The service was given this port. */
  noteLast(key: string, port: number): void;
  /** As it was written down. @param kept which of its ports are kept for it, and not for another by now */
  restore(service: Remembered, kept: readonly number[]): void;
  forget(key: string): void;
  /** A service of that name is remembered, of whatever type. */
  knows(project: string, name: string): boolean;
  /** The one unused for longest first. */
  all(): IterableIterator<Remembered>;
}

const PORTS_KEPT = 4;
const SERVICES_KEPT = 2000;

/** The project of services of which the whole machine has one. */
const WHOLE_MACHINE = '';

export function affinityKey(
  project: string | undefined,
  type: string,
  name: string | undefined,
): string | undefined {
  return project === undefined || name === undefined ? undefined : JSON.stringify([project, type, name]);
}

/** The same for a service whose type is known: one that runs once on the machine is the same in every project. */
export function serviceKey(
  type: Pick<ServiceType, 'name' | 'behavior' | 'singletonScope'>,
  project: string | undefined,
  name: string | undefined,
): string | undefined {
  return affinityKey(isOfMachine(type) ? WHOLE_MACHINE : project, type.name, name);
}

/** The service that a lease is for. */
export function affinityOf({ type, name, shared, holds: [first] }: Lease): string | undefined {
  return affinityKey(shared?.isOfMachine ? WHOLE_MACHINE : first.project, type, name);
}

/** The service that a key stands for. @returns project: undefined for the whole machine's */
export function serviceOf(key: string): { project: string | undefined; type: string; name: string } {
  const [project, type, name] = JSON.parse(key) as [string, string, string];
  return { project: project === WHOLE_MACHINE ? undefined : project, type, name };
}

export function createAffinities(): Affinities {
  const known = new Map<string, Remembered>();
  const owners = new Map<number, string>();
  const last = new Map<string, number>();

  function forget(key: string): void {
    const had = (known.get(key)?.ports ?? []).filter((port) => owners.get(port) === key);
    known.delete(key);
    last.delete(key);
    for (const port of had) owners.delete(port);
    // Now they are kept for the service that listened there before it.
    for (const each of had.length > 0 ? known.values() : [])
      for (const port of each.ports) if (had.includes(port)) owners.set(port, each.key);
  }

  function put(service: Remembered, kept: readonly number[]): void {
    // Re-inserting keeps the map in order of last use, so that the oldest service is the one forgotten.
    known.delete(service.key);
    known.set(service.key, service);
    for (const port of kept) if (service.ports.includes(port)) owners.set(port, service.key);
    const oldest = known.size > SERVICES_KEPT ? known.keys().next().value : undefined;
    if (oldest !== undefined) forget(oldest);
  }

  return {
    portsOf(key) {
      const { ports = [] } = known.get(key) ?? {};
      const port = last.get(key);
      return port === undefined || ports.includes(port) ? ports : [...ports, port];
    },
    ownerOf: (port) => owners.get(port),
    get: (key) => known.get(key),
    remember(key, port, { at, isHere, isTold, isFirst = false } = {}) {
      const before = known.get(key);
      const had = before?.ports ?? [];
      const behind = had.includes(port) ? had : [...had, port];
      const all = isFirst ? [port, ...had.filter((each) => each !== port)] : behind;
      const ports = all.slice(0, PORTS_KEPT);
      const facts = {
        at: at ?? before?.at,
        ...((isHere ?? before?.isHere) && { isHere: true as const }),
        ...(isTold && (before?.isTold ?? !before) && { isTold }),
      };
      put({ key, ports, ...facts }, [port]);
    },
    restore: put,
    noteLast(key, port) {
      last.delete(key);
      last.set(key, port);
      const oldest = last.size > SERVICES_KEPT ? last.keys().next().value : undefined;
      if (oldest !== undefined) last.delete(oldest);
    },
    forget,
    knows(project, name) {
      const [head, tail] = [`[${JSON.stringify(project)},`, `,${JSON.stringify(name)}]`];
      for (const key of known.keys()) if (key.startsWith(head) && key.endsWith(tail)) return true;
      return false;
    },
    all: () => known.values(),
  };
}
