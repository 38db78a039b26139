import { domainLabel, hashedLabel, hostLabel, type HostParts } from './host-label.ts';

/** The host name of one service, without `.localhost`. */
export interface ServiceHost {
  /** Path of the worktree; '' for a service of which the whole machine has one. */
  readonly worktree: string;
  readonly parts: HostParts;
  readonly service: string;
  readonly host: string;
}

export interface HostWish extends Omit<ServiceHost, 'host'> {
  /** It is the only service of its project, as far as is known, and goes by the project's name. */
  readonly isAlone: boolean;
}

/** Host names: no two services have the same, and a service has the same each time. */
export interface HostNames {
  /**
   * The one that the service has, or is to get.
   * @param isKept whether a service is live or remembered; the names of others are given away
   */
  hostFor(wish: HostWish, isKept: (service: ServiceHost) => boolean): ServiceHost;
  note(host: ServiceHost): void;
  has(host: ServiceHost): boolean;
  all(): IterableIterator<ServiceHost>;
}

const HOSTS_KEPT = 4000;

export function createHostNames(known: Iterable<ServiceHost> = []): HostNames {
  const byService = new Map<string, ServiceHost>();
  const owners = new Map<string, string>();
  const domains = new Map<string, string>();

  function note(host: ServiceHost): void {
    const key = serviceKey(host);
    // Re-inserting keeps the map in order of last use, so that the oldest name is the one forgotten.
    byService.delete(key);
    byService.set(key, host);
    owners.set(host.host, key);
    domains.set(domainOf(host), worktreeKey(host));
    const oldest = byService.size > HOSTS_KEPT ? byService.entries().next().value : undefined;
    if (oldest) forget(...oldest);
  }

  function forget(key: string, { host, worktree }: ServiceHost): void {
    byService.delete(key);
    owners.delete(host);
    const domain = lastLabel(host);
    const isUsed = [...byService.values()].some(
      (each) => each.worktree === worktree && domainOf(each) === domain,
    );
    if (!isUsed) domains.delete(domain);
  }

  function domainFor(wish: HostWish, isKept: (service: ServiceHost) => boolean): string {
    const owner = worktreeKey(wish);
    const plain = domainLabel(wish.parts);
    const other = hashedLabel(plain, owner);
    // The one that it has stays, also when the plain one has become free.
    if (domains.get(other) === owner) return other;
    const before = domains.get(plain) ?? owner;
    return before === owner || isGivenUp(before, isKept) ? plain : other;
  }

  /** None of a worktree's services is kept: its names are nobody's from then on. */
  function isGivenUp(worktree: string, isKept: (service: ServiceHost) => boolean): boolean {
    const services = [...byService].filter(([, each]) => worktreeKey(each) === worktree);
    if (services.some(([, each]) => isKept(each))) return false;
    for (const [key, each] of services) forget(key, each);
    return true;
  }

  for (const host of known) note(host);
  return {
    hostFor({ isAlone, ...service }, isKept) {
      const key = serviceKey(service);
      const had = byService.get(key);
      if (had && owners.get(had.host) === key) return had;
      const domain = domainFor({ isAlone, ...service }, isKept);
      const label = hostLabel(service.service);
      const wishes = [...(isAlone ? [domain] : []), `${label}.${domain}`];
      const free = wishes.find((host) => (owners.get(host) ?? key) === key);
      return { ...service, host: free ?? `${hashedLabel(label, service.service)}.${domain}` };
    },
    note,
    has: (host) => byService.get(serviceKey(host))?.host === host.host,
    all: () => byService.values(),
  };
}

const lastLabel = (host: string): string => host.slice(host.lastIndexOf('.') + 1);

const domainOf = ({ host }: ServiceHost): string => lastLabel(host);

type Place = Pick<ServiceHost, 'worktree' | 'parts'>;

const worktreeKey = ({ worktree, parts: { project, branch } }: Place): string =>
  JSON.stringify([worktree, project, branch ?? null]);

const serviceKey = (service: Omit<ServiceHost, 'host'>): string =>
  JSON.stringify([worktreeKey(service), service.service]);
