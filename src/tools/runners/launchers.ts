import { type Command, isPackage, joinDir } from '../text/command.ts';
import { isTerminator, type Options, readOptions, splitOption, valuesOf } from '../text/options.ts';
import { impliedWord, readAssignment, type Assignment, type Word } from '../text/word.ts';
import type { Project } from '../project.ts';
import { type Loader, loadedFiles } from './loaders.ts';
import type { Runner } from './start.ts';

/** A program that starts another one, which its own words name after its options. */
interface Launcher extends Options {
  /** Its own subcommands that do so: `uv run`; `any` word before its options is one. None, when missing. */
  verbs?: readonly string[] | 'any';
  /** Words between its options and the program: `timeout 30`, `aws-vault exec profile`. */
  skip?: number;
  /** It takes `NAME=value` words first, and sets them. */
  assigns?: boolean;
  /** Its option that names the folder to work in. */
  folder?: string;
  /** It starts nothing unless a lone `--` came first: what stands before that is its own. */
  terminator?: true;
  /** It reads a file of variables for the program. */
  loads?: Loader;
  /** Its options that set a variable: `-v NAME=value`. */
  sets?: readonly string[];
  /** Its flags with which the program is a module of Python. */
  module?: readonly string[];
  /** Whether it starts this word as a program; any word, when missing. */
  starts?: (word: Word | undefined) => boolean;
}

const PACKAGES = ['-p', '--package', '--with', '--from', '--python', '-w'];

const LAUNCHERS: Readonly<Record<string, Launcher>> = {
  npx: {
    flags: [
      '-y',
      '--yes',
      '--no',
      '--no-install',
      '-q',
      '--quiet',
      '--silent',
      '--offline',
      '--prefer-offline',
      '--ignore-existing',
    ],
    values: ['-p', '--package'],
    starts: isPackage,
  },
  pnpx: { flags: ['-s', '--silent'], values: ['--package'], starts: isPackage },
  bunx: { flags: ['--bun', '-b', '--silent', '--verbose'], values: ['-p', '--package'], starts: isPackage },
  env: { flags: ['-i', '--ignore-environment'], values: ['-u', '--unset'], assigns: true },
  'cross-env': { assigns: true },
  dotenv: {
    flags: ['-o', '--debug', '--override', '--quiet'],
    values: ['-e', '-v', '-p', '-f', '--file'],
    optional: ['-c'],
    assigns: true,
    sets: ['-v'],
    loads: { options: ['-e'], files: ['.env'], cascade: '-c', wins: ['-o', '--override'] },
  },
  dotenvx: {
    verbs: ['run'],
    flags: ['--overload', '-o', '--quiet', '-q', '--strict', '--verbose'],
    values: ['-f', '--env-file', '-e', '--env', '--convention'],
    loads: { options: ['-f', '--env-file'], files: ['.env'], wins: ['--overload', '-o'] },
  },
  'env-cmd': {
    flags: ['--silent', '--verbose', '--use-shell', '--fallback', '--no-override', '--expand-envs', '-x'],
    values: ['-f', '--file', '-r', '--rc-file', '-e', '--environments'],
    loads: {
      options: ['-f', '--file'],
      files: ['.env'],
      wins: true,
      yields: ['--no-override'],
      notWith: ['-r', '--rc-file', '-e', '--environments'],
    },
  },
  'with-env': {},
  doppler: { verbs: ['run'], values: ['-p', '--project', '-c', '--config', '--token'], terminator: true },
  infisical: { verbs: ['run'], terminator: true },
  op: {
    verbs: ['run'],
    values: ['--account'],
    terminator: true,
    loads: { options: ['--env-file'], wins: true },
  },
  'aws-vault': { verbs: ['exec'], terminator: true },
  varlock: { verbs: ['run'], terminator: true },
  secretspec: { verbs: ['run'], values: ['-P', '--profile', '-p', '--provider'], terminator: true },
  teller: { verbs: ['run'], flags: ['--reset', '--shell'], values: ['-c', '--config'], terminator: true },
  direnv: { verbs: ['exec'], skip: 1 },
  zellij: { verbs: ['run', 'r'], terminator: true },
  volta: {
    verbs: ['run'],
    flags: ['--bundled-npm', '--no-yarn'],
    values: ['--node', '--npm', '--yarn', '--pnpm'],
  },
  fnm: { verbs: ['exec'], values: ['--using'] },
  nvm: { verbs: ['exec'], flags: ['--silent'], skip: 1 },
  asdf: { verbs: ['exec'] },
  rbenv: { verbs: ['exec'] },
  pyenv: { verbs: ['exec'] },
  'systemd-run': {
    flags: [
      '--user',
      '--scope',
      '--pty',
      '-t',
      '--pipe',
      '-P',
      '--wait',
      '--collect',
      '-G',
      '--same-dir',
      '-d',
    ],
    values: [
      '--unit',
      '-u',
      '-p',
      '--property',
      '-E',
      '--setenv',
      '--slice',
      '--description',
      '--working-directory',
    ],
    folder: '--working-directory',
    sets: ['-E', '--setenv'],
  },
  'xvfb-run': {
    flags: ['-a', '--auto-servernum'],
    values: ['-n', '--server-num', '-s', '--server-args', '-e', '--error-file'],
  },
  'dbus-run-session': {},
  devenv: { verbs: ['shell'], terminator: true },
  node: {
    flags: [
      '--enable-source-maps',
      '--inspect',
      '--max-old-space-size',
      '--no-deprecation',
      '--no-warnings',
      '--preserve-symlinks',
      '--expose-gc',
      '--trace-warnings',
      '--experimental-strip-types',
      '--experimental-vm-modules',
    ],
    values: ['--require', '-r', '--import', '--env-file', '--loader', '--max-old-space-size'],
    starts: isInstalled,
  },
  exec: {},
  command: {},
  nohup: {},
  setsid: { flags: ['-f', '--fork', '-w', '--wait'] },
  nice: { values: ['-n'] },
  ionice: { values: ['-c', '-n'] },
  stdbuf: { flags: ['-oL', '-eL', '-o0', '-e0', '-i0'], values: ['-i', '-o', '-e'] },
  unbuffer: {},
  caffeinate: { flags: ['-i', '-d', '-s', '-m'] },
  time: { flags: ['-p', '-v'] },
  timeout: {
    flags: ['--foreground', '--preserve-status', '-v'],
    values: ['-s', '--signal', '-k', '--kill-after'],
    skip: 1,
  },
  sudo: { flags: ['-E', '-H', '-n'], values: ['-u', '--user'], assigns: true },
  doas: { flags: ['-n'], values: ['-u'] },
  runuser: { terminator: true },
  setpriv: {
    flags: ['--clear-groups', '--init-groups', '--keep-groups', '--no-new-privs', '--nnp', '--reset-env'],
    values: ['--reuid', '--ruid', '--euid', '--regid', '--rgid', '--egid', '--groups', '--pdeathsig'],
  },
  gosu: { skip: 1 },
  'su-exec': { skip: 1 },
  corepack: {},
  uv: {
    verbs: ['run'],
    flags: [
      '--dev',
      '--no-dev',
      '--frozen',
      '--locked',
      '--active',
      '--isolated',
      '--no-sync',
      '--all-extras',
      '-q',
      '--quiet',
      '--no-project',
      '--exact',
      '--offline',
      '-m',
      '--module',
    ],
    values: [...PACKAGES, '--extra', '--group', '--env-file', '--directory', '--project', '--package'],
    folder: '--directory',
    loads: { options: ['--env-file'] },
    module: ['-m', '--module'],
  },
  uvx: { flags: ['-q', '--quiet', '--offline', '--isolated'], values: PACKAGES },
  pipx: { verbs: ['run'], flags: ['--no-cache'], values: ['--spec', '--python'] },
  poetry: { verbs: ['run'], values: ['-C', '--directory'], folder: '-C' },
  pipenv: { verbs: ['run'] },
  pdm: { verbs: ['run'], flags: ['-v', '-q'], values: ['-p', '--project'] },
  rye: { verbs: ['run'] },
  hatch: { verbs: ['run'] },
  conda: {
    verbs: ['run'],
    flags: ['--no-capture-output', '--live-stream'],
    values: ['-n', '--name', '-p', '--prefix'],
  },
  mamba: { verbs: ['run'], values: ['-n', '--name', '-p', '--prefix'] },
  poe: {
    flags: ['-q', '-v', '--quiet', '--verbose'],
    values: ['-C', '--directory', '-e', '--executor'],
    folder: '-C',
  },
  pixi: {
    verbs: ['run', 'r'],
    flags: ['--frozen', '--locked', '--no-install', '--clean-env', '--skip-deps', '-q', '--quiet'],
    values: ['-e', '--environment', '--manifest-path', '-m'],
  },
  devbox: {
    verbs: ['run'],
    flags: ['-q', '--quiet', '--pure'],
    values: ['-c', '--config', '-e', '--env', '--env-file'],
  },
  bundle: { verbs: ['exec', 'e'] },
  chamber: { verbs: ['exec'], terminator: true },
  iex: { flags: ['-S'], values: ['--sname', '--name', '--cookie', '--erl'] },
  elixir: {
    flags: ['-S', '--no-halt'],
    values: ['--sname', '--name', '--cookie', '--erl'],
    starts: isNoFile,
  },
  // `portless <name> <program>` and `portless run <program>`.
  portless: {
    verbs: 'any',
    flags: ['--no-tls', '--https', '--lan', '--wildcard', '--tailscale', '--funnel', '--force'],
    values: ['--name', '--app-port', '-p', '--port', '--script', '--ip', '--cert', '--key', '--tld'],
  },
  opentelemetry_instrument: {},
  'opentelemetry-instrument': {
    values: ['--traces_exporter', '--metrics_exporter', '--logs_exporter', '--service_name'],
  },
  'ddtrace-run': {},
  'newrelic-admin': { verbs: ['run-program'] },
};

export const LAUNCHER_NAMES = Object.keys(LAUNCHERS);

/** The command behind a launcher; undefined when it can't be followed. */
export function throughLauncher(name: string): Runner {
  return (command, project) => {
    const next = Object.hasOwn(LAUNCHERS, name) ? step(command, LAUNCHERS[name]!, project) : undefined;
    return next && [{ command: next }];
  };
}

function step(command: Command, launcher: Launcher, project: Project): Command | undefined {
  const from = startOf(command.words, launcher);
  const at = from === undefined ? undefined : programAt(command.words, from, launcher);
  if (from === undefined || at === undefined) return undefined;
  const own = command.words.slice(from, at);
  const rest = command.words.slice(at);
  const set = launcher.assigns === true ? leadingAssignments(rest) : [];
  const program = rest.slice(set.length);
  if (program.length === 0 || launcher.starts?.(program[0]) === false) return undefined;
  const isModule = own.some((word) => launcher.module?.includes(splitOption(word).name));
  const folder = valuesOf(own, launcher.folder === undefined ? [] : [launcher.folder]).at(-1);
  const loaded =
    launcher.loads && loadedFiles(launcher.loads, own, command.words[from - 1]!, command, project);
  return {
    ...command,
    words: isModule ? [...['python', '-m'].map(impliedWord), ...program] : program,
    dir: folder ? joinDir(command.dir, folder.value) : command.dir,
    assignments: [...command.assignments, ...(loaded?.assignments ?? []), ...setBy(own, launcher), ...set],
    ...(loaded?.envFiles && { envFiles: loaded.envFiles }),
  };
}

/** The index of the program behind the launcher's options; undefined when it is not known. */
function programAt(words: readonly Word[], from: number, launcher: Launcher): number | undefined {
  if (launcher.terminator) {
    const end = words.findIndex((word, index) => index >= from && isTerminator(word));
    return end < 0 ? undefined : end + 1;
  }
  const read = readOptions(words, from, launcher);
  if (read === undefined) return undefined;
  const at = read.next + (isTerminator(words[read.next]) ? 0 : (launcher.skip ?? 0));
  return isTerminator(words[at]) ? at + 1 : at;
}

function setBy(own: readonly Word[], { sets = [] }: Launcher): Assignment[] {
  return own.flatMap((word, index) => {
    const value = sets.includes(word.value ?? '') ? own[index + 1] : undefined;
    return (value && readAssignment(value)) ?? [];
  });
}

/** The index behind the launcher's own verb; options may stand before it. */
function startOf(words: readonly Word[], launcher: Launcher): number | undefined {
  if (launcher.verbs === undefined) return 1;
  const read = readOptions(words, 1, launcher);
  const verb = read && words[read.next]?.value;
  const isOne = launcher.verbs === 'any' || (verb !== undefined && launcher.verbs.includes(verb));
  return verb !== undefined && isOne ? read!.next + 1 : undefined;
}

/** A program of a package: `node node_modules/vite/bin/vite.js` is vite. */
function isInstalled(word: Word | undefined): boolean {
  return word?.value !== undefined && /(^|[\\/])node_modules[\\/]/.test(word.value);
}

/** `elixir script.exs` runs a file, and with -S a program. */
function isNoFile(word: Word | undefined): boolean {
  return word?.value !== undefined && !/\.exs?$/.test(word.value);
}

function leadingAssignments(words: readonly Word[]): Assignment[] {
  const assignments: Assignment[] = [];
  for (const word of words) {
    const assignment = readAssignment(word);
    if (assignment === undefined) break;
    assignments.push(assignment);
  }
  return assignments;
}
