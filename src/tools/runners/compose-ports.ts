import { portNumber } from '../match/port-text.ts';
import { asObject } from '../project.ts';

/** The part of an entry that says the port of this machine. */
export interface PublishedPort {
  /** The first of a range. */
  port: number | undefined;
  /** Its file reads it from this one. */
  variable?: string;
  /** Docker chooses one of several. */
  isRange?: boolean;
}

/** An entry of a list of ports, and what stands in the file for it. */
export interface PortEntry {
  entry: unknown;
  written: unknown;
}

/** A longer range has one lease for all of it. */
const LONGEST_RANGE = 16;

/** Leases are of TCP ports. */
const isUdp = (entry: unknown): boolean =>
  asObject(entry) ? asObject(entry)?.protocol === 'udp' : String(entry).endsWith('/udp');

/** Each port of `8100-8102:8100-8102` is one of its own; all else stays as it is written. */
export function portEntries(written: unknown): PortEntry[] {
  const { host = '', container = '', text } = partsOf(written);
  const [from, to] = rangeOf(host);
  const [inner, last] = rangeOf(container);
  const length = to - from + 1;
  if (asObject(written) || !(length > 1 && length <= LONGEST_RANGE) || last - inner + 1 !== length)
    return [{ entry: written, written }];
  const [lead, rest] = [text.slice(0, -`${host}:${container}`.length), container.replace(/^[\d-]+/, '')];
  return Array.from({ length }, (_, at) => ({ entry: `${lead}${from + at}:${inner + at}${rest}`, written }));
}

/** `8080:80`, `127.0.0.1:8080:80`, `${WEB_PORT:-8080}:80`, `{published: 8080}`; undefined when nothing is published. */
export function publishedPort(
  entry: unknown,
  variable: (name: string) => string | undefined,
): PublishedPort | undefined {
  const host = isUdp(entry) ? undefined : partsOf(entry).host;
  if (!host) return undefined;
  const [, bare, braced, fallback] = /^\$(?:(\w+)|\{(\w+)(?::?(?:-(.*)|\?.*))?\})$/.exec(host) ?? [];
  const name = bare ?? braced;
  if (name !== undefined) return { port: portNumber(variable(name) || fallback), variable: name };
  const port = portNumber(host.split('-')[0]);
  return port === undefined ? undefined : { port, isRange: host.includes('-') };
}

/** The entry of a list of ports with another port of this machine. */
export function withPublished(entry: unknown, port: number): unknown {
  const object = asObject(entry);
  if (object) return { ...object, published: String(port) };
  const { host = '', container = '', text } = partsOf(entry);
  return `${text.slice(0, text.length - `${host}:${container}`.length)}${port}:${container}`;
}

/** A text between colons; those of a variable and of an address of IPv6 are parts of it. */
const PART = /(?:\$\{(?:[^{}]|\$\{[^{}]*\})*\}|\[[^\]]*\]|[^:])+/g;

function partsOf(entry: unknown): { text: string; host?: string; container?: string } {
  const object = asObject(entry);
  if (object) return { text: '', host: String(asPublished(object.published)) };
  const text = String(entry);
  const parts = text.match(PART) ?? [];
  return parts.length < 2 ? { text } : { text, host: parts.at(-2)!, container: parts.at(-1)! };
}

function asPublished(value: unknown): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}

/** NaN where there is no number. */
function rangeOf(text: string): [number, number] {
  const [, from, to] = /^(\d+)(?:-(\d+))?(?:\/tcp)?$/.exec(text) ?? [];
  return [Number(from), Number(to ?? from)];
}
