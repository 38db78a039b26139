import type { Command } from '../text/command.ts';
import { beforeTerminator } from '../text/options.ts';
import { programName } from '../text/command.ts';
import { docker, dockerCompose, portForward, ssh } from './containers.ts';
import { LAUNCHER_NAMES, throughLauncher } from './launchers.ts';
import { HOST_NAMES, innerCommand } from './inner-commands.ts';
import { lerna, moon, turbo } from './monorepo.ts';
import { nx } from './nx.ts';
import { packageStarts } from './package-scripts.ts';
import { concurrently, runAll, startServerAndTest } from './parallel.ts';
import { mprocs, pm2, processCompose, PROCFILE_RUNNER_NAMES, procfile } from './process-files.ts';
import { pythonTask } from './python-tasks.ts';
import { bacon, forever, mix, wgo } from './builders.ts';
import { netcat, socat } from './listeners.ts';
import { nix, scriptFile, shell, SHELLS, textArguments } from './shells.ts';
import type { Runner } from './start.ts';
import type { Word } from '../text/word.ts';
import { styxyRun } from './styxy-run.ts';
import { just } from './just.ts';
import { make } from './make.ts';
import { composer, denoPackage, denoTask, devbox, mise, taskfile } from './task-files.ts';
import { tauri } from './tauri.ts';
import { playwright } from './test-runners.ts';
import { cargo, nodemon, watchexec } from './watchers.ts';

/** Scripts that a build tool writes into a project: they are that tool. */
const BUILD_WRAPPERS = ['gradlew', 'mvnw', 'grailsw'];

/** Who reads a command's words, by the name of its program. Several are asked in their order. */
const RUNNERS: Readonly<Record<string, readonly Runner[]>> = {
  ...Object.fromEntries(
    ['uv', 'poetry', 'pdm', 'rye', 'hatch', 'pipenv', 'pixi', 'poe'].map((name) => [
      name,
      [pythonTask(name)],
    ]),
  ),
  ...Object.fromEntries(HOST_NAMES.map((name) => [name, [innerCommand(name)]])),
  npm: [packageStarts],
  nr: [packageStarts],
  vp: [packageStarts],
  pnpm: [packageStarts],
  yarn: [packageStarts],
  bun: [packageStarts],
  node: [packageStarts, styxyRun, throughLauncher('node')],
  styxy: [styxyRun],
  deno: [denoTask, denoPackage],
  cargo: [cargo],
  concurrently: [concurrently],
  conc: [concurrently],
  'run-p': [runAll],
  'run-s': [runAll],
  'npm-run-all': [runAll],
  'npm-run-all2': [runAll],
  'start-server-and-test': [startServerAndTest],
  'start-test': [startServerAndTest],
  'server-test': [startServerAndTest],
  nodemon: [nodemon],
  watchexec: [watchexec],
  'cross-env-shell': [textArguments],
  nix: [nix],
  'nix-shell': [nix],
  turbo: [turbo],
  lerna: [lerna],
  nx: [nx],
  moon: [moon],
  make: [make],
  gmake: [make],
  just: [just],
  task: [taskfile],
  'go-task': [taskfile],
  mise: [mise],
  devbox: [devbox],
  bacon: [bacon],
  wgo: [wgo],
  forever: [forever],
  mix: [mix],
  composer: [composer],
  pm2: [pm2],
  'pm2-runtime': [pm2],
  'pm2-docker': [pm2],
  mprocs: [mprocs],
  'process-compose': [processCompose],
  docker: [docker],
  podman: [docker],
  nerdctl: [docker],
  'docker-compose': [dockerCompose],
  'podman-compose': [dockerCompose],
  sail: [dockerCompose],
  kubectl: [portForward],
  oc: [portForward],
  ssh: [ssh],
  autossh: [ssh],
  socat: [socat],
  nc: [netcat],
  ncat: [netcat],
  netcat: [netcat],
  tauri: [tauri],
  '@tauri-apps/cli': [tauri],
  'cargo-tauri': [tauri],
  playwright: [playwright],
  '@playwright/test': [playwright],
};

/** Programs that start others. */
export const runnerNames = (): string[] => [
  ...new Set([...LAUNCHER_NAMES, ...SHELLS, ...PROCFILE_RUNNER_NAMES, ...Object.keys(RUNNERS)]),
];

function runnersNamed(name: string): readonly Runner[] {
  if (Object.hasOwn(RUNNERS, name)) return RUNNERS[name]!;
  if (PROCFILE_RUNNER_NAMES.includes(name)) return [procfile(name)];
  if (SHELLS.includes(name)) return [shell];
  return LAUNCHER_NAMES.includes(name) ? [throughLauncher(name)] : [];
}

/** Reads what a command starts; undefined when it is not known to start anything but itself. */
export function runnerOf({ words }: Command): Runner | undefined {
  const path = words[0]?.value;
  if (path === undefined) return words[0] && isOptionalWord(words[0]) ? withoutFirst : undefined;
  const name = programName(path);
  const own = runnersNamed(name);
  const isPath = /^\.{0,2}[\\/]|^[\w.-]+\//.test(path) && !path.startsWith('@');
  const all = isPath && !BUILD_WRAPPERS.includes(name) ? [...own, scriptFile] : own;
  if (all.length === 0 || asksForHelp(name, words)) return undefined;
  return (command, project) => {
    for (const runner of all) {
      const starts = runner(command, project);
      if (starts !== undefined) return starts;
    }
    return undefined;
  };
}

/** Their `--help` is their own, wherever it stands. What others hand on may be meant for the program behind them. */
const OWN_HELP =
  /^((docker|podman)(-compose)?|nerdctl|kubectl|oc|cargo|turbo|nx|lerna|moon|make|gmake|task|go-task|pm2)$/;

function asksForHelp(name: string, words: readonly Word[]): boolean {
  return (
    (OWN_HELP.test(name) || PROCFILE_RUNNER_NAMES.includes(name)) &&
    beforeTerminator(words).some(({ value }) => value === '--help')
  );
}

/** `${DEBUG:+rdbg --}`: nothing, where the variable is not set. */
function isOptionalWord({ text }: Word): boolean {
  return /^\$\{\w+:?\+/.test(text);
}

const withoutFirst: Runner = (command) =>
  command.words.length < 2 ? undefined : [{ command: { ...command, words: command.words.slice(1) } }];
