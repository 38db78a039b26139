import type { Target } from './target.ts';

/** A live lease, and the processes behind it. */
export interface LeasedServer {
  port: number;
  /** Where it really listens. */
  actualPorts: readonly number[];
  lockId: string;
  service: string;
  serviceType: string;
  /** The instance that owns it; null for a person's shell. */
  instance: string | null;
  folder: string | null;
  command: string | null;
  containers: readonly string[];
  processes: readonly { pid: number; name: string; command: string }[];
}

export interface GuardFacts {
  /** The ids by which the asking session is known. */
  own: readonly (string | undefined)[];
  servers: readonly LeasedServer[];
  /** The program to name in what is to be done instead. */
  program: string;
  /** Whether a user, by name or number, is the one whose servers these are. */
  isOwnUser(user: string): boolean;
  /** What a pid file holds; undefined when it can't be read. */
  readPid(path: string, dir: string | undefined): number | undefined;
  /** The worktree that a folder lies in; undefined when the folder is not known. */
  worktreeOf(dir: string | undefined): string | undefined;
}

/** Why these targets must not be ended: they belong to somebody else. undefined when nobody else is hit. */
export function denialOf(targets: readonly Target[], facts: GuardFacts): string | undefined {
  const hit = facts.servers.filter((server) => targets.some((target) => isHit(server, target, facts)));
  const others = hit.filter(({ instance }) => instance === null || !facts.own.includes(instance));
  return others.length === 0
    ? undefined
    : reasonFor(
        others,
        hit.filter((server) => !others.includes(server)),
        facts,
      );
}

function isHit(server: LeasedServer, target: Target, facts: GuardFacts): boolean {
  const { processes } = server;
  switch (target.kind) {
    case 'port':
      return [server.port, ...server.actualPorts].some((port) => port >= target.from && port <= target.to);
    case 'pid':
    case 'group':
      return processes.some(({ pid }) => pid === target.pid);
    case 'every':
      return processes.length > 0;
    case 'user':
      return processes.length > 0 && facts.isOwnUser(target.user);
    case 'pid-file': {
      const pid = facts.readPid(target.path, target.dir);
      return pid !== undefined && processes.some((each) => each.pid === pid);
    }
    case 'name': {
      const matches = nameMatcher(target);
      return processes.some(({ name, command }) => matches(target.isFull ? command : name));
    }
    case 'container':
      return target.name === undefined
        ? server.containers.length > 0
        : server.containers.some((name) => name === target.name);
    case 'compose':
      return /\b(docker|podman)[ -]compose\b/.test(server.command ?? '') && isIn(server, target.dir, facts);
    default:
      return isIn(server, target.dir, facts) && isNamed(server, target.name);
  }
}

function isIn({ folder }: LeasedServer, dir: string | undefined, facts: GuardFacts): boolean {
  return folder !== null && folder === facts.worktreeOf(dir);
}

function isNamed({ service, serviceType, port, lockId }: LeasedServer, name: string | undefined): boolean {
  return name === undefined || [service, serviceType, String(port), lockId].includes(name);
}

/** As pkill reads it: an extended regular expression. One that JavaScript does not read matches what it literally says. */
function nameMatcher(target: Extract<Target, { kind: 'name' }>): (text: string) => boolean {
  const { pattern, isExact, ignoresCase } = target;
  const source = pattern.replaceAll('[[:space:]]', String.raw`\s`);
  try {
    const regex = new RegExp(isExact ? `^(?:${source})$` : source, ignoresCase ? 'i' : '');
    return (text) => regex.test(text);
  } catch {
    return (text) => text.includes(pattern);
  }
}

function reasonFor(others: readonly LeasedServer[], own: readonly LeasedServer[], facts: GuardFacts): string {
  const list = others.map(describe).join('; ');
  const instead =
    own.length > 0
      ? `To end your own: ${own.map(({ service }) => `${facts.program} stop ${service}`).join(', ')}.`
      : `You don't need that port: start your own server with ${facts.program} run -- <command>, which gets a free one.`;
  return (
    `Styxy: this would end what is not of this session: ${list}. Leave it running. ${instead} ` +
    `Who has which port: ${facts.program} list. If it must end, ask the user.`
  );
}

function describe({ port, service, instance, folder, command }: LeasedServer): string {
  const owner = instance === null ? "a person's shell" : `session ${instance}`;
  return `port ${port} ("${service}"${command === null ? '' : `, ${shortened(command)}`}), leased by ${owner} in ${folder ?? 'an unknown folder'}`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
