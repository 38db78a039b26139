import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedPort } from './containers.ts';
import { readPublishedPorts } from './docker.ts';

/** What Docker said serves all who ask so long. ms */
const FRESH_FOR_MS = 2000;
/** Docker that does not answer properly is left alone so long. ms */
const LEFT_ALONE_MS = 15_000;
/** Who can't wait takes what was true so long ago, and Docker is asked for the next one. ms */
const USABLE_FOR_MS = 30_000;

/** The ports that containers publish, as far as an engine on this machine lets this user ask. */
export interface PublishedPorts {
  /** At most 2 s old; waits for Docker for at most 300 ms. Never fails: without Docker, nothing is published. */
  read(): Promise<readonly PublishedPort[]>;
  /** The same from memory if it knows anything of the last 30 s: for those who must be quick. */
  has(port: number): Promise<boolean>;
}

/** Asks nobody before somebody asks us, and nobody at all where there is no Docker. */
export function createPublishedPorts(
  env: NodeJS.ProcessEnv,
  now: () => number = () => performance.now(),
): PublishedPorts {
  let ports: readonly PublishedPort[] = [];
  let [readAt, freshUntil] = [-Infinity, -Infinity];
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const answers = await Promise.allSettled(dockerSockets(env).map(readPublishedPorts));
    const hasFailed = answers.some(({ status }) => status === 'rejected');
    ports = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    readAt = now();
    freshUntil = readAt + (hasFailed ? LEFT_ALONE_MS : FRESH_FOR_MS);
    asking = undefined;
  }

  async function atMost(ageMs: number): Promise<readonly PublishedPort[]> {
    if (now() <= freshUntil) return ports;
    asking ??= ask();
    if (now() - readAt > ageMs) await asking;
    return ports;
  }

  return {
    read: () => atMost(FRESH_FOR_MS),
    has: async (port) => (await atMost(USABLE_FOR_MS)).some((each) => each.port === port),
  };
}

/**
 * Where a Docker engine of this machine can be asked by this user: what DOCKER_HOST names, and the usual places. Only
 * Unix sockets: another machine's containers take no port here.
 */
export function dockerSockets(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') return [];
  const { DOCKER_HOST: named = '', HOME: home, XDG_RUNTIME_DIR: runtime } = env;
  const places = [
    ...(named.startsWith('unix://') ? [named.slice('unix://'.length)] : []),
    '/var/run/docker.sock',
    ...(home ? [join(home, '.docker/run/docker.sock')] : []),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
  ];
  // Docker Desktop links one of them to another.
  const sockets = new Map<string, string>();
  for (const place of places) {
    const socket = openSocket(place);
    if (socket !== undefined && !sockets.has(socket)) sockets.set(socket, place);
  }
  return [...sockets.values()];
}

/** Which socket it is; undefined when there is none, or none for us. */
function openSocket(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    const stats = statSync(path);
    return stats.isSocket() ? `${stats.dev}:${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}
