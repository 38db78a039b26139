import { programName } from '../../tools/text/command.ts';
import type { LineCommand } from '../line/command.ts';
import { peel } from '../line/peel.ts';
import { type Arguments, readArguments, hasFlag, outputsOf, valuesOf } from './arguments.ts';
import { nameTarget, portTarget, type Target, userTargets } from './target.ts';

/** Lists processes or listeners, of which a later `grep` takes some. */
const LISTS_PROCESSES = /^(ps|pgrep|top)$/;
const LISTS_PORTS = /^(lsof|ss|netstat|fuser|sockstat)$/;

/** The processes whose pids these commands print, one reading what the other has written: `lsof -ti:3000`. */
export function selectedBy(commands: readonly LineCommand[]): Target[] {
  const peeled = commands.map(withoutSudo);
  const names = peeled.map(({ words }) => programName(words[0]?.value ?? ''));
  return peeled.flatMap((command, at) => {
    const before = names.slice(0, at);
    return selection(names[at]!, command, before);
  });
}

export function withoutSudo(command: LineCommand): LineCommand {
  const peeled = peel(command);
  const name = peeled.words[0]?.value;
  if (name !== 'sudo' && name !== 'doas') return peeled;
  const { plain } = readArguments(peeled.words.slice(1), ['-u', '-g']);
  const start = peeled.words.findIndex((word) => word === plain[0]);
  return start < 0 ? peeled : peel({ ...peeled, words: peeled.words.slice(start) });
}

function selection(name: string, { words, dir }: LineCommand, before: readonly string[]): Target[] {
  const args = words.slice(1);
  switch (name) {
    case 'lsof':
      return lsofPorts(valuesOf(args));
    case 'ss':
    case 'netstat':
      return numbersIn(valuesOf(args).join(' '), /:(\d{2,5})\b/g);
    case 'fuser':
      return fuserPorts(valuesOf(args));
    case 'pgrep':
      return byPattern(words);
    case 'pidof':
      return valuesOf(readArguments(args).plain).map((pattern) => nameTarget(pattern, { isExact: true }));
    case 'grep':
    case 'egrep':
    case 'rg':
    case 'awk':
      return grepped(name, words, before);
    case 'cat':
      return valuesOf(args).map((path) => ({ kind: 'pid-file', path, dir }));
    case 'docker':
    case 'podman':
      return containersListed(valuesOf(args));
    default:
      return [];
  }
}

/** `-i:3000`, `-ti tcp:3000,3001`, `-iTCP@localhost:3000`, `-i :3000-3009`. */
function lsofPorts(args: readonly string[]): Target[] {
  const places = args.flatMap((arg, at) => {
    const attached = /^-\w*i(.*)$/.exec(arg)?.[1];
    if (attached === undefined) return [];
    return attached === '' ? [args[at + 1] ?? ''] : [attached];
  });
  return places.flatMap((place) => (/:([\d,-]+)$/.exec(place)?.[1] ?? '').split(',').flatMap(portTarget));
}

/** `3000/tcp`, `-n tcp 3000`. */
export function fuserPorts(args: readonly string[]): Target[] {
  const inTcp = args.some((arg, at) => /^(-n|--namespace)$/.test(arg) && args[at + 1] === 'tcp');
  return args.flatMap((arg) => {
    const port = /^(\d+)\/(tcp|udp)$/.exec(arg)?.[1] ?? (inTcp && /^\d+$/.test(arg) ? arg : undefined);
    return port === undefined ? [] : portTarget(port);
  });
}

/** The words of pgrep and pkill. */
export function byPattern(words: readonly LineCommand['words'][number][]): Target[] {
  const args = readArguments(words.slice(1), [
    '-u',
    '-U',
    '-g',
    '-G',
    '-P',
    '-s',
    '-t',
    '-d',
    '-F',
    '--euid',
    '--uid',
    '--pgroup',
    '--parent',
    '--terminal',
    '--signal',
    '--pidfile',
  ]);
  const how = {
    isFull: hasFlag(args, 'f', '--full'),
    isExact: hasFlag(args, 'x', '--exact'),
    ignoresCase: hasFlag(args, 'i', '--ignore-case'),
  };
  const parent = args.valueOf('-P', '--parent');
  const children: Target[] =
    parent === undefined ? [] : parent.split(',').map((pid) => ({ kind: 'pid', pid: Number(pid) }));
  const patterns = valuesOf(args.plain).map((pattern) => nameTarget(pattern, how));
  // With a pattern, these options only narrow what it matches.
  const selected = args.plain.length === 0 ? [...selectedWithoutPattern(args), ...ownUser(words)] : [];
  return [...patterns, ...selected, ...children];
}

/** `-u $(whoami)`, `-u "$(id -u)"`: all that the user has. */
export function ownUser(words: LineCommand['words']): Target[] {
  const asked = outputsOf(words).some(({ words: [first] }) =>
    /^(whoami|id|logname)$/.test(programName(first?.value ?? '')),
  );
  return asked ? [{ kind: 'every' }] : [];
}

function selectedWithoutPattern({ valueOf }: Arguments): Target[] {
  const groups = valueOf('-g', '--pgroup')?.split(',') ?? [];
  return [
    ...userTargets(valueOf('-u', '--euid')),
    ...userTargets(valueOf('-U', '--uid')),
    ...groups.map((pid): Target => ({ kind: 'group', pid: Number(pid) })),
  ];
}

/** Of what a list of processes or ports printed, the lines with this text. */
function grepped(name: string, words: LineCommand['words'], before: readonly string[]): Target[] {
  const args = readArguments(words.slice(1), ['-e', '-A', '-B', '-C', '-F', '-v']);
  if (name !== 'awk' && words.slice(1).some(({ value }) => /^-\w*v/.test(value ?? ''))) return [];
  const text = args.valueOf('-e') ?? args.plain[0]?.value;
  const pattern = name === 'awk' ? /\/((?:\\\/|[^/])+)\//.exec(text ?? '')?.[1] : text;
  if (pattern === undefined || pattern === '') return [];
  if (before.some((program) => LISTS_PORTS.test(program))) {
    const ports = numbersIn(pattern, /(?<!\d)(\d{2,5})(?!\d)/g);
    if (ports.length > 0) return ports;
    return [nameTarget(pattern, { ignoresCase: hasFlag(args, 'i', '--ignore-case') })];
  }
  if (!before.some((program) => LISTS_PROCESSES.test(program))) return [];
  return [nameTarget(pattern, { isFull: true, ignoresCase: hasFlag(args, 'i', '--ignore-case') })];
}

function numbersIn(text: string, port: RegExp): Target[] {
  return [...text.matchAll(port)].flatMap(([, number]) => portTarget(number ?? ''));
}

/** `docker ps -q --filter publish=3000`, `--filter name=web`; without a filter every container. */
function containersListed(args: readonly string[]): Target[] {
  if (!args.includes('ps') && !args.includes('ls')) return [];
  const filters = args.flatMap((arg, at) =>
    /^(-f|--filter)$/.test(arg) ? [args[at + 1] ?? ''] : (/^--filter=(.*)$/.exec(arg)?.[1] ?? []),
  );
  if (filters.length === 0) return [{ kind: 'container', name: undefined }];
  return filters.flatMap((filter): Target[] => {
    const [key, value = ''] = filter.split('=');
    if (key === 'publish') return portTarget(value.replace(/\/\w+$/, ''));
    return key === 'name' ? [{ kind: 'container', name: value }] : [];
  });
}
