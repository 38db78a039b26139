import { homedir } from 'node:os';
import { tildePath } from '../../base/short-text.ts';
import type { ExternalListener } from '../../protocol/answers/listener.ts';
import type { PortSpan } from '../../system/ports/ephemeral.ts';
import { advice, failed, fine, type Check } from './check.ts';
import { startAgain } from './start-again.ts';

const MOST_SHOWN = 8;
const LONGEST_COMMAND = 60;
/** Of those shown; the others are started the same way. */
const MOST_ADVISED = 3;

export interface HttpPortFacts {
  /** 0: the socket alone. */
  wanted: number;
  /** The port a running daemon listens on; undefined: none runs. */
  actual: number | null | undefined;
  /** Who listens there, as far as this user may know. */
  holder: { pid: number | null; command: string | null; user: string | null } | undefined;
  isFree: boolean;
}

/** Who holds the TCP port of the daemon. */
export function checkHttpPort({ wanted, actual, holder, isFree }: HttpPortFacts): Check {
  const name = 'http port';
  if (wanted === 0) return fine(name, 'switched off: the daemon is reached by its socket alone');
  if (actual === wanted) return fine(name, `the daemon listens on 127.0.0.1:${wanted}`);
  if (isFree) {
    return actual === undefined
      ? fine(name, `${wanted} is free for the daemon`)
      : advice(name, `${wanted} was taken when the daemon started, and is free now`, 'styxy daemon restart');
  }
  const who = holder ? describe(holder) : 'the system keeps it busy';
  return failed(
    name,
    `${wanted} is taken: ${who}; the daemon is reached by its socket alone`,
    'end that program, or set STYXY_HTTP_PORT to another port (0: none), then styxy daemon restart',
  );
}

type Scripts = Readonly<Record<string, string>>;

/**
 * Programs that went past Styxy. No fault of this installation, so only advice.
 * @param scriptsIn the package scripts of a folder; undefined when its disk does not answer
 */
export function checkOutsiders(
  outsiders: readonly ExternalListener[],
  scriptsIn: (folder: string) => Scripts | undefined,
): Check {
  const all = byPort(outsiders);
  if (all.length === 0) return fine('outsiders', 'nobody listens on a managed port without a lease');
  const shown = all
    .slice(0, MOST_SHOWN)
    .map((each) => `${each.port} (${each.service_type}): ${describe(each)}`);
  const more = all.length > MOST_SHOWN ? `; and ${all.length - MOST_SHOWN} more` : '';
  return advice(
    'outsiders',
    `${shown.join('; ')}${more}`,
    all
      .slice(0, MOST_ADVISED)
      .map((each) => howToWrap(each, each.cwd === null ? {} : scriptsIn(each.cwd)))
      .join('\n'),
  );
}

/** Each port once. */
const byPort = (outsiders: readonly ExternalListener[]): ExternalListener[] =>
  [...new Map(outsiders.map((each) => [each.port, each])).values()].toSorted((a, b) => a.port - b.port);

/** Where the scripts lie that the advice is about. */
export const foldersToRead = (outsiders: readonly ExternalListener[]): string[] =>
  byPort(outsiders)
    .slice(0, MOST_ADVISED)
    .flatMap(({ cwd }) => cwd ?? []);

/** A line that starts it the next time, with a lease. */
function howToWrap(
  { pid, port, command, cwd, container }: ExternalListener,
  scripts: Scripts | undefined,
): string {
  if (container)
    return `${port}: let the container publish a leased port: styxy run -- docker run -p {port}:80 ...`;
  if (pid === null || command === null) return `styxy whose ${port} tells what is known of it`;
  if (!scripts) return `${port}: ${cwd} was not read, its disk does not answer`;
  const folder = cwd === null ? '' : `cd ${tildePath(cwd, homedir())} && `;
  return `${port}: ${folder}${startAgain(command, cwd, scripts)}`;
}

function describe({ pid, command, user }: NonNullable<HttpPortFacts['holder']>): string {
  if (pid === null) return `a program of ${user ?? 'another user'}`;
  return `${(command ?? 'a program').slice(0, LONGEST_COMMAND)} (pid ${pid})`;
}

export interface ManagedRange {
  name: string;
  range: readonly [first: number, last: number];
}

/**
 * Ports of the range that the system uses for outgoing connections are busy now and then without any listener.
 * @param ephemeral undefined when the system doesn't tell @param kept ports of it that the system keeps free
 */
export function checkEphemeralRange(
  ephemeral: PortSpan | undefined,
  kept: readonly PortSpan[],
  ranges: readonly ManagedRange[],
  platform: NodeJS.Platform,
): Check {
  const name = 'ephemeral ports';
  if (!ephemeral) return fine(name, 'the system does not tell which ports it uses for outgoing connections');
  const span = `${ephemeral.first}-${ephemeral.last}`;
  const overlapping = ranges.filter(({ range }) => overlaps(range, ephemeral, kept));
  if (overlapping.length === 0)
    return fine(name, `${span} for outgoing connections: no service type reaches into them`);
  const list = overlapping.map((each) => `${each.name} (${each.range.join('-')})`).join(', ');
  const elsewhere = `move the ${overlapping.length === 1 ? 'range' : 'ranges'} below ${ephemeral.first} in config.json`;
  const reserve = [
    ...kept.map(({ first, last }) => `${first}-${last}`),
    ...overlapping.map((each) => each.range.join('-')),
  ];
  return failed(
    name,
    `the system uses ${span} for outgoing connections, and so do ${list}`,
    platform === 'linux'
      ? `${elsewhere}, or sudo sysctl -w net.ipv4.ip_local_reserved_ports=${reserve.join(',')}`
      : elsewhere,
  );
}

function overlaps(
  [first, last]: ManagedRange['range'],
  ephemeral: PortSpan,
  kept: readonly PortSpan[],
): boolean {
  const from = Math.max(first, ephemeral.first);
  const to = Math.min(last, ephemeral.last);
  return from <= to && !kept.some((span) => span.first <= from && span.last >= to);
}
