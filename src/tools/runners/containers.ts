import { asObject, asText, asTexts, parser, type Project } from '../project.ts';
import { portNumber } from '../match/port-text.ts';
import { type Command, fileIn, joinDir } from '../text/command.ts';
import { isOption, optionValue, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { typeOfImage } from './images.ts';
import { type HostPort, lineOf, type Runner } from './start.ts';

const RUN_VALUES = [
  '-e',
  '--env',
  '--env-file',
  '-v',
  '--volume',
  '--name',
  '--network',
  '--net',
  '-w',
  '--workdir',
  '-u',
  '--user',
  '--mount',
  '--entrypoint',
  '-l',
  '--label',
  '--restart',
  '--platform',
  '-m',
  '--memory',
  '--cpus',
  '--add-host',
  '-h',
  '--hostname',
  '--pull',
  '--gpus',
  '--shm-size',
  '--ulimit',
  '--cap-add',
  '--device',
  '--log-driver',
  '--ip',
  '--tmpfs',
  '--health-cmd',
];
const PUBLISH = ['-p', '--publish'];

/** `docker run -p 5433:5432 postgres`: the ports of this machine that it publishes. */
export const docker: Runner = (command, project) => {
  const verb = firstPlain(command.words, ['-H', '--context', '-c', '--host', '--log-level']);
  const rest = command.words.slice(verb + 1);
  switch (command.words[verb]?.value) {
    case 'compose':
      return composeStarts(rest, command, project);
    case 'container':
      return rest[0]?.value === 'run' ? runStarts(rest.slice(1), command) : undefined;
    case 'run':
    case 'create':
      return runStarts(rest, command);
    default:
      return undefined;
  }
};

export const dockerCompose: Runner = (command, project) =>
  composeStarts(command.words.slice(1), command, project);

function firstPlain(words: readonly Word[], values: readonly string[]): number {
  return words.findIndex(
    (word, index) => index > 0 && !isOption(word) && !values.includes(words[index - 1]?.value ?? ''),
  );
}

function runStarts(words: readonly Word[], command: Command): ReturnType<Runner> {
  const published: Word[] = [];
  let image: string | undefined;
  for (let at = 0; at < words.length && image === undefined; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) image = word.value ?? word.text;
    else if (PUBLISH.includes(name)) {
      if (attached) published.push(word);
      else if (words[(at += 1)]) published.push(words[at]!);
    } else if (/^-p./.test(name)) published.push(word);
    else if (RUN_VALUES.includes(name) && !attached) at += 1;
  }
  const hostPorts = image === undefined ? [] : published.flatMap((word) => publishedPort(word, image));
  return hostPorts.length === 0 ? undefined : [{ command, hostPorts }];
}

/** `-p 127.0.0.1:5433:5432/tcp`, `--publish=80:80`; without a number of this machine docker chooses one. */
function publishedPort(word: Word, image: string): HostPort[] {
  const text = word.value ?? word.text;
  const [, prefix = '', digits, suffix = ''] =
    /^((?:--publish=|-p)?(?:(?:\[[\da-f:]+\]|[\d.]+|localhost):)?)(\d+)(:\d+(?:\/tcp)?)$/.exec(text) ?? [];
  const port = portNumber(digits);
  return port === undefined
    ? []
    : [{ name: imageName(image), port, serviceType: typeOfImage(image), word, prefix, suffix }];
}

function imageName(image: string): string {
  return image.replace(/^.*\//, '').replace(/[:@].*$/, '');
}

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

function composeStarts(words: readonly Word[], command: Command, project: Project): ReturnType<Runner> {
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
  const services = composeServices(composeFiles(files, dir, project), project);
  const names =
    only.length > 0
      ? withDependencies(only, services)
      : [...services.keys()].filter((name) => isOn(services.get(name)!, profiles));
  const hostPorts = names.flatMap((name) => servicePorts(name, services.get(name)));
  return hostPorts.length === 0 ? undefined : [{ command, hostPorts }];
}

function composeFiles(
  chosen: readonly string[],
  dir: string,
  project: Project,
): { file: string; text: string }[] {
  const base = DEFAULT_FILES.find((name) => project.readFile(fileIn(dir, name)) !== undefined);
  const override = base?.replace(/(\.ya?ml)$/, '.override$1');
  const names = chosen.length > 0 ? chosen : [base, override].filter((name) => name !== undefined);
  return names.flatMap((name) => {
    const file = fileIn(dir, name);
    const text = project.readFile(file);
    return text === undefined ? [] : [{ file, text }];
  });
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

function servicePorts(name: string, service: ComposeService | undefined): HostPort[] {
  const image = service?.parts
    .map(({ content }) => asText(content.image))
    .findLast((text) => text !== undefined);
  const serviceType = typeOfImage(image ?? name);
  return (service?.parts ?? []).flatMap(({ file, text, content }) => {
    const ports = Array.isArray(content.ports) ? content.ports : [];
    return ports.flatMap((each: unknown) => {
      const found = composePort(each);
      return found
        ? [{ name, serviceType, ...found, place: { file, line: portLine(text, name, each) } }]
        : [];
    });
  });
}

/** `8080:80`, `127.0.0.1:8080:80`, `${WEB_PORT:-8080}:80`, `{published: 8080}`. */
function composePort(value: unknown): { port: number | undefined; variable?: string } | undefined {
  const object = asObject(value);
  const text = object ? String(asPublished(object.published)) : String(value);
  const host = object ? text : hostPart(text);
  const [, variable, fallback] = /^\$\{?(\w+)(?::?-(\d+))?\}?$/.exec(host ?? '') ?? [];
  if (variable !== undefined) return { port: portNumber(fallback), variable };
  const port = portNumber(host?.split('-')[0]);
  return port === undefined || host === '' ? undefined : { port };
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
  const start = lineOf(text, new RegExp(`^\\s+['"]?${service}['"]?:`, 'm')) ?? 1;
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : 'published';
  const at = text.split('\n').findIndex((line, index) => index >= start - 1 && line.includes(written));
  return at < 0 ? undefined : at + 1;
}

/** `kubectl port-forward svc/web 8080:80` */
export const portForward: Runner = (command) => {
  const at = command.words.findIndex(({ value }) => value === 'port-forward');
  const plain = command.words.slice(at + 1).filter((word) => !isOption(word));
  const hostPorts = plain.slice(1).flatMap((word): HostPort[] => {
    const [, digits, suffix = ''] = /^(\d+)((?::\d+)?)$/.exec(word.value ?? '') ?? [];
    const port = portNumber(digits);
    // A lone number is both: that of this machine can't be changed without the other.
    return port === undefined
      ? []
      : [{ name: 'port-forward', port, serviceType: 'proxy', ...(suffix && { word, prefix: '', suffix }) }];
  });
  return at < 1 || hostPorts.length === 0 ? undefined : [{ command, hostPorts }];
};

const SSH_VALUES = ['-i', '-p', '-l', '-o', '-F', '-J', '-b', '-c', '-m', '-S', '-R', '-W'];

/** `ssh -L 5433:db:5432 host`, `ssh -D 1080 host` */
export const ssh: Runner = (command) => {
  const hostPorts: HostPort[] = [];
  for (let at = 1; at < command.words.length && isOption(command.words[at]!); at += 1) {
    const word = command.words[at]!;
    const [, forward, inline = ''] = /^-[A-KM-Za-z]*([LD])(.*)$/.exec(word.value ?? '') ?? [];
    if (forward !== undefined) {
      const value = inline === '' ? command.words[(at += 1)] : word;
      const text = inline === '' ? (value?.value ?? '') : inline;
      const [, before = '', digits, after = ''] =
        (forward === 'L' ? /^((?:[^:]+:)?)(\d+)(:[^:]+:\d+)$/ : /^((?:[^:]+:)?)(\d+)()$/).exec(text) ?? [];
      const port = portNumber(digits);
      const lead = inline === '' ? '' : word.value!.slice(0, -inline.length);
      if (port !== undefined && value)
        hostPorts.push({
          name: 'ssh',
          port,
          serviceType: 'proxy',
          word: value,
          prefix: `${lead}${before}`,
          suffix: after,
        });
    } else if (SSH_VALUES.includes(word.value ?? '')) at += 1;
  }
  return hostPorts.length === 0 ? undefined : [{ command, hostPorts }];
};
