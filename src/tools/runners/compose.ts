import { asObject, asText, asTexts, type Project } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { isOption, optionValue, splitOption } from '../text/options.ts';
import { isWritable, type Word } from '../text/word.ts';
import { textHash } from '../../base/text-hash.ts';
import {
  type ComposeFile,
  composeInput,
  type ComposePart,
  type ComposeServices,
  composeServices,
  readCompose,
} from './compose-files.ts';
import { type PortEntry, portEntries, publishedPort } from './compose-ports.ts';
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

const RUN_VALUES = [
  '--name',
  '-e',
  '--env',
  '-v',
  '--volume',
  '-w',
  '--workdir',
  '-u',
  '--user',
  '--entrypoint',
];

/** `docker compose -f dev.yml up web`: the ports that its services publish. */
export function composeStarts(
  words: readonly Word[],
  command: Command,
  project: Project,
): ReturnType<Runner> {
  const { at, given } = readOptions(words);
  const verb = words[at];
  const rest = words.slice(at + 1);
  if (words.some(({ value }) => value === '--dry-run' || value === '--no-start')) return undefined;
  const isRun = verb !== undefined && isOpenRun(verb, rest);
  if (!verb || (!isRun && !['up', 'start', 'restart', 'watch'].includes(verb.value ?? ''))) return undefined;
  const values = isRun ? RUN_VALUES : UP_VALUES;
  const named = plainWords(rest, values).map(({ value, text }) => value ?? text);
  // What follows the service of `run` is its command.
  const only = isRun ? named.slice(0, 1) : named;
  const { dir } = command;
  if (dir === undefined) return undefined;
  const chosen = given('-f', '--file');
  const options = { dir, files: chosen, envFiles: given('--env-file') };
  const projectFolder = given('--project-directory').at(-1);
  const { fileNames, variable } = composeInput({ ...options, projectFolder }, project);
  const files = fileNames.flatMap((name) => readCompose(fileIn(dir, name), project) ?? []);
  const services = composeServices(files, project);
  const profiles = [...given('--profile'), ...(variable('COMPOSE_PROFILES')?.split(',') ?? [])];
  const names =
    only.length > 0
      ? withDependencies(only, services)
      : [...services.keys()].filter((name) => isOn(services.get(name)!, profiles));
  const call = { chosen, fileNames, files, services, verb, separator: variable('COMPOSE_PATH_SEPARATOR') };
  const override = overrideFor(call, project);
  const hostPorts = names.flatMap((name) => servicePorts(name, services.get(name) ?? [], override, variable));
  const ownName = variable('COMPOSE_PROJECT_NAME') || asText(files.findLast(hasName)?.content.name);
  return eachPort(
    withOwnVariables(hostPorts).map((each) => ({ ...each, project: ownName ?? '' })),
    command,
  );
}

/** A variable that several entries read can't give each its own port. */
function withOwnVariables(hostPorts: readonly HostPort[]): HostPort[] {
  const readers = (variable: string | undefined): number =>
    hostPorts.filter((each) => each.variable === variable).length;
  return hostPorts.map(({ variable, ...each }) =>
    variable === undefined || readers(variable) > 1 ? each : { ...each, variable },
  );
}

/** `run --service-ports web`: without that option the ports of a service stay closed. */
function isOpenRun({ value: verb }: Word, rest: readonly Word[]): boolean {
  const [service] = plainWords(rest, RUN_VALUES);
  const own = service === undefined ? [] : rest.slice(0, rest.indexOf(service));
  return verb === 'run' && own.some(({ value }) => value === '--service-ports' || value === '-P');
}

/** Those that are neither an option nor the value of one. */
const plainWords = (words: readonly Word[], values: readonly string[]): Word[] =>
  words.filter((word, at) => !isOption(word) && !values.includes(words[at - 1]?.value ?? ''));

const hasName = ({ content }: ComposeFile): boolean => Boolean(asText(content.name));

/** The options before the verb, and where that stands. */
function readOptions(words: readonly Word[]): { at: number; given: (...names: string[]) => string[] } {
  const options: { name: string; value: string }[] = [];
  let at = 0;
  for (; at < words.length && isOption(words[at]!); at += 1) {
    const { name, attached } = splitOption(words[at]!);
    const value = optionValue(words, at);
    if (value !== undefined) options.push({ name, value });
    if (COMPOSE_VALUES.includes(name) && !attached) at += 1;
  }
  return {
    at,
    given: (...names) => options.flatMap(({ name, value }) => (names.includes(name) ? [value] : [])),
  };
}

function isOn(parts: readonly ComposePart[], profiles: readonly string[]): boolean {
  const own = parts.flatMap(({ content }) => asTexts(content.profiles ?? []));
  return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile));
}

/** Services start with those they depend on. */
function withDependencies(names: readonly string[], services: ComposeServices): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { content } of services.get(name) ?? []) {
      const on = content.depends_on;
      for (const each of Array.isArray(on) ? asTexts(on) : Object.keys(asObject(on) ?? {})) visit(each);
    }
  };
  names.forEach(visit);
  return [...found];
}

interface ComposeCall {
  /** Those that its options name. */
  chosen: readonly string[];
  fileNames: readonly string[];
  files: readonly ComposeFile[];
  services: ComposeServices;
  /** `up` */
  verb: Word;
  /** Between the names of COMPOSE_FILE. */
  separator: string | undefined;
}

/** How docker compose is told of one more file; undefined where it can't be. */
function overrideFor(
  { chosen, fileNames, files, services, verb, separator }: ComposeCall,
  { copies }: Project,
): Override | undefined {
  if (copies === undefined) return undefined;
  const path = `${copies}/compose-${textHash(files.map(({ text }) => text).join('\n'))}.yml`;
  const entries = new Map(
    [...services].map(([name, parts]) => [name, portsOf(parts).map(({ entry }) => entry)]),
  );
  const base = { path, entries, place: { file: files[0]?.file ?? 'compose.yaml', line: undefined } };
  if (chosen.length === 0)
    return { ...base, env: { COMPOSE_FILE: [...fileNames, path].join(separator || ':') } };
  if (!isWritable(verb.source)) return undefined;
  const { source, start, end, text } = verb;
  return { ...base, tell: { source, start, end, words: ['-f', path, text] } };
}

interface ServicePort extends PortEntry {
  part: ComposePart;
}

/** What docker compose joins from all files, each entry once. */
function portsOf(parts: readonly ComposePart[]): ServicePort[] {
  const all = parts.flatMap((part) => {
    const { ports } = part.content;
    return (Array.isArray(ports) ? (ports as unknown[]) : [])
      .flatMap(portEntries)
      .map((each) => ({ ...each, part }));
  });
  return [...new Map(all.map((each) => [JSON.stringify(each.entry), each])).values()];
}

function servicePorts(
  name: string,
  parts: readonly ComposePart[],
  override: Override | undefined,
  variable: (name: string) => string | undefined,
): HostPort[] {
  const image = parts.map(({ content }) => asText(content.image)).findLast((text) => text !== undefined);
  const serviceType = typeOfImage(image ?? name);
  return portsOf(parts).flatMap(({ entry, written, part: { file, text } }): HostPort[] => {
    const found = publishedPort(entry, variable);
    if (found === undefined) return [];
    const place = { file, line: portLine(text, name, written) };
    return [{ name, serviceType, ...found, ...(override && { override, entry }), place }];
  });
}

function portLine(text: string, service: string, value: unknown): number | undefined {
  const start = lineOf(text, new RegExp(`^\\s+['"]?${literal(service)}['"]?:`, 'm')) ?? 1;
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : 'published';
  const at = text.split('\n').findIndex((line, index) => index >= start - 1 && line.includes(written));
  return at < 0 ? undefined : at + 1;
}
