import { portNumber } from '../match/port-text.ts';
import { asObject, asText, asTexts, parser, type Project } from '../project.ts';
import { type Command, fileIn, joinDir } from '../text/command.ts';
import { isOption, optionValue, splitOption } from '../text/options.ts';
import { isWritable, type Word } from '../text/word.ts';
import { textHash } from '../../base/text-hash.ts';
import { typeOfImage } from './images.ts';
import { eachPort, type HostPort, lineOf, literal, type Override, type Runner } from './start.ts';

const COMPOSE_VALUES = [
  '-f',
  '--file',
  '-p',
  '--project-name',
  '--profile',
  '--env-file',
  '--project-directory',
  '--ansi',
  '--progress',
  '--parallel',
];
const UP_VALUES = [
  '--scale',
  '--timeout',
  '-t',
  '--exit-code-from',
  '--attach',
  '--no-attach',
  '--pull',
  '--wait-timeout',
];
const DEFAULT_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** `docker compose -f dev.yml up web`: the ports that its services publish. */
export function composeStarts(
  words: readonly Word[],
  command: Command,
  project: Project,
): ReturnType<Runner> {
  const files: string[] = [];
  const profiles: string[] = [];
  let at = 0;
  let folder = '.';
  for (; at < words.length && isOption(words[at]!); at += 1) {
    const { name, attached } = splitOption(words[at]!);
    const value = optionValue(words, at);
    if ((name === '-f' || name === '--file') && value !== undefined) files.push(value);
    if (name === '--profile' && value !== undefined) profiles.push(value);
    if (name === '--project-directory' && value !== undefined) folder = value;
    if (COMPOSE_VALUES.includes(name) && !attached) at += 1;
  }
  if (!['up', 'start', 'restart', 'watch'].includes(words[at]?.value ?? '')) return undefined;
  const rest = words.slice(at + 1);
  const only = rest
    .filter((word, index) => !isOption(word) && !UP_VALUES.includes(rest[index - 1]?.value ?? ''))
    .map(({ value, text }) => value ?? text);
  const dir = joinDir(command.dir, folder);
  if (dir === undefined) return undefined;
  const all = composeFiles(files, dir, project);
  const services = composeServices(all, project);
  const names =
    only.length > 0
      ? withDependencies(only, services)
      : [...services.keys()].filter((name) => isOn(services.get(name)!, profiles));
  const override = overrideFor({ files, all, dir, services, verb: words[at]! }, project);
  const hostPorts = names.flatMap((name) => servicePorts(name, services.get(name), override));
  const composeName = all
    .map(({ text }) => asText(asObject(parser(project, 'yaml')?.(text))?.name))
    .findLast(Boolean);
  return eachPort(
    hostPorts.map((each) => ({ ...each, project: composeName ?? '' })),
    command,
  );
}

function composeFiles(chosen: readonly string[], dir: string, project: Project): ComposeFile[] {
  const base = DEFAULT_FILES.find((name) => project.readFile(fileIn(dir, name)) !== undefined);
  const override = base?.replace(/(\.ya?ml)$/, '.override$1');
  const names = chosen.length > 0 ? chosen : [base, override].filter((name) => name !== undefined);
  return names.flatMap((name) => {
    const file = fileIn(dir, name);
    const text = project.readFile(file);
    return text === undefined ? [] : [{ file, text }];
  });
}

interface ComposeFile {
  file: string;
  text: string;
}

interface ComposeService {
  parts: { file: string; text: string; content: Readonly<Record<string, unknown>> }[];
}

function composeServices(
  files: readonly { file: string; text: string }[],
  project: Project,
): Map<string, ComposeService> {
  const services = new Map<string, ComposeService>();
  for (const { file, text } of files) {
    const content = asObject(asObject(parser(project, 'yaml')?.(text))?.services) ?? {};
    for (const [name, value] of Object.entries(content)) {
      const service = services.get(name) ?? { parts: [] };
      service.parts.push({ file, text, content: asObject(value) ?? {} });
      services.set(name, service);
    }
  }
  return services;
}

function isOn({ parts }: ComposeService, profiles: readonly string[]): boolean {
  const own = parts.flatMap(({ content }) => asTexts(content.profiles ?? []));
  return own.length === 0 || own.some((profile) => profiles.includes(profile));
}

/** Services start with those they depend on. */
function withDependencies(names: readonly string[], services: ReadonlyMap<string, ComposeService>): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { content } of services.get(name)?.parts ?? []) {
      const on = content.depends_on;
      for (const each of Array.isArray(on) ? asTexts(on) : Object.keys(asObject(on) ?? {})) visit(each);
    }
  };
  names.forEach(visit);
  return [...found];
}

interface ComposeCall {
  /** Those that its options name. */
  files: readonly string[];
  all: readonly ComposeFile[];
  dir: string;
  services: ReadonlyMap<string, ComposeService>;
  /** `up` */
  verb: Word;
}

/** How docker compose is told of one more file; undefined where it can't be. */
function overrideFor(
  { files, all, dir, services, verb }: ComposeCall,
  { copies }: Project,
): Override | undefined {
  if (copies === undefined) return undefined;
  const path = `${copies}/compose-${textHash(all.map(({ text }) => text).join('\n'))}.yml`;
  const entries = new Map([...services].map(([name, { parts }]) => [name, parts.flatMap(portsOf)]));
  const base = { path, entries, place: { file: all[0]?.file ?? 'compose.yaml', line: undefined } };
  if (files.length === 0) {
    const own = dir === '.' ? all.map(({ file }) => file) : all.map(({ file }) => file.slice(dir.length + 1));
    return { ...base, env: { COMPOSE_FILE: [...own, path].join(':') } };
  }
  if (!isWritable(verb.source)) return undefined;
  const { source, start, end, text } = verb;
  return { ...base, tell: { source, start, end, words: ['-f', path, text] } };
}

function portsOf({ content }: ComposeService['parts'][number]): unknown[] {
  return Array.isArray(content.ports) ? (content.ports as unknown[]) : [];
}

function servicePorts(
  name: string,
  service: ComposeService | undefined,
  override: Override | undefined,
): HostPort[] {
  const image = service?.parts
    .map(({ content }) => asText(content.image))
    .findLast((text) => text !== undefined);
  const serviceType = typeOfImage(image ?? name);
  return (service?.parts ?? []).flatMap(({ file, text, content }) => {
    return portsOf({ file, text, content }).flatMap((entry): HostPort[] => {
      const found = isUdp(entry) ? undefined : composePort(entry);
      if (found === undefined) return [];
      const { isRange, ...host } = found;
      const place = { file, line: portLine(text, name, entry) };
      const change = override && !isRange && host.variable === undefined && { override, entry };
      return [{ name, serviceType, ...host, ...change, place }];
    });
  });
}

/** Leases are of TCP ports. */
const isUdp = (entry: unknown): boolean =>
  asObject(entry) ? asObject(entry)?.protocol === 'udp' : String(entry).endsWith('/udp');

/** `8080:80`, `127.0.0.1:8080:80`, `${WEB_PORT:-8080}:80`, `{published: 8080}`. */
function composePort(
  value: unknown,
): { port: number | undefined; variable?: string; isRange?: boolean } | undefined {
  const object = asObject(value);
  const text = object ? String(asPublished(object.published)) : String(value);
  const host = object ? text : hostPart(text);
  const [, variable, fallback] = /^\$\{?(\w+)(?::?-(\d+))?\}?$/.exec(host ?? '') ?? [];
  if (variable !== undefined) return { port: portNumber(fallback), variable };
  const port = portNumber(host?.split('-')[0]);
  return port === undefined || host === '' ? undefined : { port, isRange: host?.includes('-') === true };
}

/** The entry of a list of ports with another port of this machine. */
export function withPublished(entry: unknown, port: number): unknown {
  const object = asObject(entry);
  if (object) return { ...object, published: String(port) };
  const text = String(entry);
  const host = hostPart(text) ?? '';
  const at = text.lastIndexOf(`${host}:`);
  return `${text.slice(0, at)}${port}${text.slice(at + host.length)}`;
}

function asPublished(value: unknown): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}

function hostPart(text: string): string | undefined {
  return /^(?:(?:\[[\da-f:]+\]|[\d.]+|localhost|\$\{[^}]*\}):)?(\$\{[^}]*\}|\$\w+|[\d-]+):[^:]+$/.exec(
    text,
  )?.[1];
}

function portLine(text: string, service: string, value: unknown): number | undefined {
  const start = lineOf(text, new RegExp(`^\\s+['"]?${literal(service)}['"]?:`, 'm')) ?? 1;
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : 'published';
  const at = text.split('\n').findIndex((line, index) => index >= start - 1 && line.includes(written));
  return at < 0 ? undefined : at + 1;
}
