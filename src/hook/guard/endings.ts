import { joinDir, programName } from '../../tools/text/command.ts';
import { optionValue, splitOption } from '../../tools/text/options.ts';
import type { LineCommand, LineWord } from '../line/command.ts';
import { endsProcesses, hasFlag, outputsOf, readArguments, valuesOf } from './arguments.ts';
import { byPattern, fuserPorts, ownUser, selectedBy, withoutSudo } from './selected.ts';
import { nameTarget, pidTarget, portTarget, type Target, userTargets } from './target.ts';

/** A line without any of these ends nothing that this file knows. */
export const MAY_END = /kill|slay|fuser|docker|podman|styxy|stop|down/;

/** What this command is about to end. Nothing, when that can't be told, or when it only asks. */
export function targetsOf(command: LineCommand): Target[] {
  const { words, input, dir } = withoutSudo(command);
  const name = programName(words[0]?.value ?? '');
  const args = words.slice(1);
  if (name === 'xargs') return throughXargs(command, args, input);
  if (PORT_KILLERS.test(name)) return portKiller(args);
  if (/^(npx|bunx|pnpx|pnpm|yarn|bun|npm)$/.test(name)) return throughPackageRunner(command, args);
  switch (name) {
    case 'kill':
      return ofKill(args, dir);
    case 'pkill':
      return endsProcesses(args) ? byPattern(words) : [];
    case 'killall':
      return ofKillall(args);
    case 'killall5':
      return endsProcesses(args) ? [{ kind: 'every' }] : [];
    case 'skill':
      return ofSkill(args);
    case 'slay':
      return endsProcesses(args) ? valuesOf(readArguments(args).plain).flatMap(userTargets) : [];
    case 'fuser':
      return ofFuser(args);
    case 'fkill':
      return valuesOf(readArguments(args).plain).flatMap(fkillTarget);
    case 'docker':
    case 'podman':
    case 'docker-compose':
      return ofDocker(name, args, dir);
    case 'styxy':
      return ofStyxy(args, dir);
    default:
      return [];
  }
}

const PORT_KILLERS = /^(kill-?port|kill-port-process|killport|kp)$/;

function portKiller(args: readonly LineWord[]): Target[] {
  return valuesOf(args).flatMap((value) =>
    value
      .replace(/^--?p(?:ort)?=/, '')
      .split(',')
      .flatMap(portTarget),
  );
}

function ofKill(args: readonly LineWord[], dir: string | undefined): Target[] {
  if (!endsProcesses(args) || args.some(({ value }) => value === '-l' || value === '-L')) return [];
  const { plain } = readArguments(args.slice(isSignal(args[0]) ? 1 : 0), ['-s', '-n', '--signal']);
  // `kill -9 -1234` names a group by a word that looks like an option, `kill -9 -1` everything.
  const groups = valuesOf(args.slice(1)).filter((value) => /^-(\d{2,}|1)$/.test(value));
  const files = args.flatMap(({ text }) => /^"?\$\(<\s*([\w./-]+)\)"?$/.exec(text)?.[1] ?? []);
  return [
    ...[...valuesOf(plain), ...groups].flatMap(pidTarget),
    ...files.map((path): Target => ({ kind: 'pid-file', path, dir })),
    ...selectedBy(outputsOf(args)),
  ];
}

function isSignal(word: LineWord | undefined): boolean {
  return /^-([A-Z\d]+)$/.test(word?.value ?? '');
}

function ofKillall(args: readonly LineWord[]): Target[] {
  if (!endsProcesses(args)) return [];
  const read = readArguments(args, ['-s', '--signal', '-u', '--user', '-o', '-y']);
  if (read.options.includes('-l') || read.options.includes('--list')) return [];
  const isExact = !hasFlag(read, 'r', '--regexp');
  const names = valuesOf(read.plain);
  // A user without a name: all that is his.
  if (names.length === 0) return [...userTargets(read.valueOf('-u', '--user')), ...ownUser(args)];
  return names.map((pattern) =>
    nameTarget(pattern, { isExact, ignoresCase: hasFlag(read, 'I', '--ignore-case') }),
  );
}

/** Its words are pids, programs and users alike, unless an option says which. */
function ofSkill(args: readonly LineWord[]): Target[] {
  const read = readArguments(args, ['-c', '-p', '-t', '-u']);
  if (!endsProcesses(args) || read.options.some((option) => /^-[ln]$/.test(option))) return [];
  const values = [read.valueOf('-c', '-p', '-u'), ...valuesOf(read.plain)].filter(
    (value) => value !== undefined,
  );
  return values.flatMap((value) => [
    nameTarget(value, { isExact: true }),
    ...pidTarget(value),
    ...userTargets(value),
  ]);
}

function ofFuser(args: readonly LineWord[]): Target[] {
  const read = readArguments(args, ['-n', '--namespace']);
  return hasFlag(read, 'k', '--kill') && endsProcesses(args.filter(({ value }) => value !== '-n'))
    ? fuserPorts(valuesOf(args))
    : [];
}

function fkillTarget(value: string): Target[] {
  if (value.startsWith(':')) return portTarget(value);
  return /^\d+$/.test(value) ? [{ kind: 'pid', pid: Number(value) }] : [nameTarget(value)];
}

/** `lsof -ti:3000 | xargs -r kill -9`: the pids come from what stands before it. */
function throughXargs(
  command: LineCommand,
  args: readonly LineWord[],
  input: readonly LineCommand[],
): Target[] {
  const { plain } = readArguments(args, ['-n', '-I', '-L', '-P', '-d', '-a', '-s', '-E']);
  const start = args.findIndex((word) => word === plain[0]);
  if (start < 0) return [];
  const words = args.slice(start);
  const inner = { ...command, words, input: [] };
  const name = programName(words[0]?.value ?? '');
  if (name === 'kill' && !endsProcesses(words.slice(1))) return [];
  const ends =
    name === 'kill' || (/^(docker|podman)$/.test(name) && ENDING_VERBS.test(words[1]?.value ?? ''));
  return [...(ends ? selectedBy(input) : []), ...targetsOf(inner)];
}

/** `npx kill-port 3000`, `pnpm dlx fkill-cli :3000`. */
function throughPackageRunner(command: LineCommand, args: readonly LineWord[]): Target[] {
  const { plain } = readArguments(args, ['-p', '--package']);
  const first = plain.find(({ value }) => !/^(exec|x|dlx)$/.test(value ?? ''));
  const name = programName(first?.value ?? '').replace(/-cli$/, '');
  if (first === undefined || !(PORT_KILLERS.test(name) || name === 'fkill' || name === 'styxy')) return [];
  const at = args.indexOf(first);
  return targetsOf({ ...command, words: [{ ...first, value: name }, ...args.slice(at + 1)] });
}

const ENDING_VERBS = /^(stop|kill|rm|restart|pause)$/;

/** The folder that the options of docker compose name, by itself or by the first of its files. */
function composeFolder(options: readonly LineWord[], dir: string | undefined): string | undefined {
  const named = (names: readonly string[]): number =>
    options.findIndex((word) => names.includes(splitOption(word).name));
  const [folder, file] = [named(['--project-directory']), named(['-f', '--file'])];
  if (folder >= 0) return joinDir(dir, optionValue(options, folder));
  const path = file < 0 ? undefined : optionValue(options, file);
  return file < 0 ? dir : joinDir(dir, path === undefined ? undefined : `${path}/..`);
}

function ofDocker(name: string, args: readonly LineWord[], dir: string | undefined): Target[] {
  const isCompose = name === 'docker-compose' || args[0]?.value === 'compose';
  if (isCompose) {
    const at = args.findIndex(({ value }) => /^(stop|kill|rm|restart|down|pause)$/.test(value ?? ''));
    // Behind the verb `-f` is another option.
    return at < 0 ? [] : [{ kind: 'compose', dir: composeFolder(args.slice(0, at), dir) }];
  }
  const words = args[0]?.value === 'container' ? args.slice(1) : args;
  if (!ENDING_VERBS.test(words[0]?.value ?? '')) return [];
  const { plain } = readArguments(words.slice(1), ['-t', '--time', '-s', '--signal', '--timeout']);
  return [
    ...valuesOf(plain).map((container): Target => ({ kind: 'container', name: container })),
    ...selectedBy(outputsOf(plain)),
  ];
}

function ofStyxy(args: readonly LineWord[], dir: string | undefined): Target[] {
  const verb = args[0]?.value;
  if (verb === undefined || !/^(stop|release|down|restart)$/.test(verb)) return [];
  const { plain, options } = readArguments(args.slice(1), ['--timeout', '--instance']);
  const all = options.includes('--all') || (verb === 'down' && plain.length === 0);
  const names = all ? [undefined] : valuesOf(plain);
  return names.map((name): Target => ({ kind: 'service', name, dir }));
}
