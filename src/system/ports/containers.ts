import { ofHiddenProcess, type Container, type FoundListener } from './listener.ts';

/** A TCP port of this machine that leads into a container. */
export interface PublishedPort {
  address: string;
  port: number;
  container: Container;
  /** The folder of the compose file. */
  folder: string | null;
}

const WILDCARDS = new Set(['0.0.0.0', '::']);
/** Programs that listen in the place of a container; other users' have no name. */
const STAND_INS =
  /^(\S*\/)?(docker-proxy|dockerd|rootlesskit|rootlessport|slirp4netns|vpnkit|com\.docker\.\S*|OrbStack\b.*|limactl|ssh:?)(\s|$)/;

/** The TCP ports in an answer of `GET /containers/json`. What has another form than the API's is left out. */
export function parseContainers(answer: unknown): PublishedPort[] {
  if (!Array.isArray(answer)) return [];
  return answer.filter(isRecord).flatMap((container): PublishedPort[] => {
    const ports: unknown[] = Array.isArray(container.Ports) ? container.Ports : [];
    const labels = isRecord(container.Labels) ? container.Labels : {};
    const described: Omit<PublishedPort, 'address' | 'port'> = {
      container: {
        name: nameOf(container),
        image: textOf(container.Image) ?? '',
        composeProject: textOf(labels['com.docker.compose.project']),
        composeService: textOf(labels['com.docker.compose.service']),
        createdAt: timeOf(container.Created),
      },
      folder: textOf(labels['com.docker.compose.project.working_dir']),
    };
    return ports.flatMap((entry) => {
      if (!isRecord(entry) || entry.Type !== 'tcp' || typeof entry.PublicPort !== 'number') return [];
      return [{ address: textOf(entry.IP) || '0.0.0.0', port: entry.PublicPort, ...described }];
    });
  });
}

/**
 * Says which listeners stand for a container. A published port without any is led into the container by the firewall:
 * nobody listens, every bind works, and yet it is taken.
 */
export function withContainers(
  listeners: FoundListener[],
  published: readonly PublishedPort[],
): FoundListener[] {
  if (published.length === 0) return listeners;
  const taken = new Set<PublishedPort>();
  const named = listeners.map((listener) => {
    const port = published.find((each) => standsFor(listener, each));
    if (!port) return listener;
    for (const each of published) if (standsFor(listener, each)) taken.add(each);
    return { ...listener, ...ofContainer(port, listener.startedAt) };
  });
  const unseen = published.filter((port) => !taken.has(port));
  return [
    ...named,
    ...unseen.map((each) => ({
      ...ofHiddenProcess,
      address: each.address,
      port: each.port,
      ...ofContainer(each, null),
    })),
  ];
}

function standsFor({ address, port, pid, command }: FoundListener, published: PublishedPort): boolean {
  if (port !== published.port || (pid !== null && !STAND_INS.test(command ?? ''))) return false;
  return address === published.address || WILDCARDS.has(address) || WILDCARDS.has(published.address);
}

function ofContainer({ container, folder }: PublishedPort, startedAt: string | null) {
  return { container, startedAt: startedAt ?? container.createdAt, folder };
}

/** Docker allows one name and aliases of links (`/other/alias`); all begin with a slash. */
function nameOf({ Names: names, Id: id }: Record<string, unknown>): string {
  const texts = (Array.isArray(names) ? names : []).map((name) => textOf(name)?.replace(/^\//, ''));
  return texts.find((name) => name && !name.includes('/')) ?? textOf(id)?.slice(0, 12) ?? 'unnamed';
}

/** These texts end up on terminals. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 4096) : null;
}

function timeOf(seconds: unknown): string | null {
  const time = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
  return Number.isFinite(time.valueOf()) ? time.toISOString() : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
