import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { programPath } from '../../../system/process/find-program.ts';
import { namesWorkspaces } from '../../../system/worktree.ts';
import { readProjectFile } from '../project-files.ts';
import { chosenShell } from './chosen-shell.ts';
import { unknownSetting } from './npm-settings.ts';
import { packageVariables } from './package-variables.ts';
import { foldersUp, nearestPackage, type Package } from './read-package.ts';

type Variables = Record<string, string>;

/** A script of a package that is started as npm would start it, without npm. */
export interface DirectScript {
  folder: string;
  /** What npm tells its scripts. */
  variables: Variables;
  /**
   * The command line with which npm would start it.
   * @param asked how npm is asked for it; undefined is returned when that asks for more
   * @param shell instead of the package's own
   */
  commandFor(asked: readonly string[], shell?: string): string[] | undefined;
}

/** How a script is started; `why`: by its package manager, because of this. */
export type ScriptWay = DirectScript | { why: string };

export interface ScriptPlace {
  cwd: string;
  /** Where npm would have been called. */
  calledFrom: string;
  env: NodeJS.ProcessEnv;
  /** The folder of the worktree. */
  top: string;
}

/**
 * npm takes as long to start as most servers, and stays beside them. A script of which it is known what npm would do is
 * run as npm does it.
 * @returns undefined when the command asks no package manager for a script
 */
export function scriptWay(command: readonly string[], place: ScriptPlace): ScriptWay | undefined {
  const [manager = '', verb, name] = command;
  if (!/^(npm|pnpm|yarn|bun)$/.test(manager) || verb !== 'run' || name === undefined) return undefined;
  if (manager !== 'npm') return { why: `${manager} runs its scripts in ways of its own` };
  const own = nearestPackage(place.cwd, place.top);
  const text = own && Object.hasOwn(own.scripts, name) ? own.scripts[name] : undefined;
  if (!own || !text || name.startsWith('-')) return { why: 'the script is not known' };
  const npm = findNpm(place);
  const why =
    beside(own, name) ??
    beyondUs(text, command.slice(3)) ??
    unknownSetting(own.folder, place.env, npm?.folder) ??
    (npm ? undefined : 'its npm or its Node is another one than is known here');
  if (why !== undefined || !npm) return { why: why ?? '' };
  return {
    folder: own.folder,
    variables: variablesOf(own, name, text, npm, place),
    commandFor: commandFrom(command.slice(0, 3), text, chosenShell(own.folder, place.env) ?? 'sh'),
  };
}

/** @param call the words that ask npm for the script @param shell of the package */
function commandFrom(call: readonly string[], text: string, shell: string): DirectScript['commandFor'] {
  return (asked, other = shell) => {
    const [lead, ...args] = asked.slice(call.length);
    const isCall = call.every((word, at) => asked[at] === word) && (lead === undefined || lead === '--');
    return isCall ? [other, '-c', [text, ...args.map(quoted)].join(' ')] : undefined;
  };
}

const quoted = (word: string): string =>
  word !== '' && !/[\t\n\r "#$&'()*;<>?\\`|~]/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** What npm runs before and after a script. */
function beside({ scripts }: Package, name: string): string | undefined {
  const found = [`pre${name}`, `post${name}`].find((each) => Object.hasOwn(scripts, each));
  return found && `it runs "${found}" as well`;
}

function beyondUs(text: string, rest: readonly string[]): string | undefined {
  if (process.platform === 'win32') return 'its shell is that of Windows';
  if (rest.length > 0 && rest[0] !== '--') return 'npm is given options';
  return /npm_config_|npm_package_json/.test(text) ? 'it reads the settings of npm' : undefined;
}

interface Npm {
  folder: string;
  version: string;
  node: string;
}

/** The npm that the command means, if it is run by the Node that runs us. */
function findNpm({ cwd, env }: ScriptPlace): Npm | undefined {
  const [npm, node] = ['npm', 'node'].map((name) => realPath(programPath(name, { cwd, env })));
  if (!npm || node !== realPath(process.execPath) || !/[\\/]bin[\\/]npm-cli\.js$/.test(npm)) return undefined;
  const folder = dirname(dirname(npm));
  const version = /"version":\s*"([^"]+)"/.exec(readProjectFile(folder, 'package.json') ?? '')?.[1];
  return version === undefined ? undefined : { folder, version, node: process.execPath };
}

function realPath(path: string | undefined): string | undefined {
  try {
    return path && realpathSync(path);
  } catch {
    return undefined;
  }
}

function variablesOf(own: Package, name: string, text: string, npm: Npm, place: ScriptPlace): Variables {
  const { folder } = own;
  const root = foldersUp(folder, '/').slice(1).findLast(hasWorkspaces);
  const isLater = Number(npm.version.split('.')[0]) >= 11;
  return {
    ...packageVariables(readProjectFile(folder, 'package.json') ?? ''),
    PATH: pathFor(folder, npm, place.env),
    INIT_CWD: place.calledFrom,
    EDITOR: place.env.EDITOR || place.env.VISUAL || 'vi',
    NODE: npm.node,
    COLOR: isatty(1) && !place.env.NO_COLOR ? '1' : '0',
    npm_node_execpath: npm.node,
    npm_execpath: join(npm.folder, 'bin', 'npm-cli.js'),
    npm_command: isLater ? 'run' : 'run-script',
    npm_lifecycle_event: name,
    npm_lifecycle_script: text,
    npm_package_json: join(folder, 'package.json'),
    npm_config_local_prefix: root ?? folder,
    npm_config_user_agent: `npm/${npm.version} node/${process.version} ${process.platform} ${process.arch} workspaces/${root !== undefined}`,
  };
}

const hasWorkspaces = (folder: string): boolean => namesWorkspaces(readProjectFile(folder, 'package.json'));

/** The programs of the package, and of every folder around it. */
function pathFor(folder: string, npm: Npm, env: NodeJS.ProcessEnv): string {
  const folders: string[] = [];
  for (let up = folder; ; up = dirname(up)) {
    folders.push(join(up, 'node_modules', '.bin'));
    if (up === dirname(up)) break;
  }
  const gyp = join(npm.folder, 'node_modules', '@npmcli', 'run-script', 'lib', 'node-gyp-bin');
  return [...folders, gyp, env.PATH].filter(Boolean).join(delimiter);
}
