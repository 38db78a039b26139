import { dirname, delimiter, join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import type { Worktree } from '../../system/worktree.ts';
import { wordsOf } from '../../system/process/command-words.ts';
import { findProgram } from '../../system/process/find-program.ts';
import { runsOwnCode } from './scripts/own-code.ts';
import { scriptCommand } from './scripts/package-manager.ts';
import { foldersUp, nearestPackage, type Package } from './scripts/read-package.ts';

/** What to run, after the project's configuration has been asked. */
export interface RunTarget {
  command: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The configured service, when one was named. */
  service: string | undefined;
  /** It is code of the project: a service, a script, or what `runsOwnCode` knows. Without a project it makes no difference. */
  isOwnCode: boolean;
  /** Where `cwd` lies, if that is known. */
  worktree?: Worktree;
  /** Where a script was asked for, which may be below the folder of its package. */
  calledFrom?: string;
  /** A service or a script that was asked for by its name. */
  isNamed?: boolean;
  /** Its program was looked for, and can be executed. */
  isExecutable?: boolean;
}

/** Where `styxy run` was called. */
export interface CallPlace {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The folder of the worktree. */
  top: string;
  worktree?: Worktree;
  project: LoadedProject | undefined;
}

/** What `styxy run` alone starts: the first of these that the package has. */
const MAIN_SCRIPTS = ['dev', 'start'];

/**
 * `styxy run <service>` starts the command that the project's configuration names, in the folder of that file and with
 * the project's own programs on PATH, as a package script would; `styxy run <script>` the package's script by its package
 * manager; `styxy run` alone the script `dev`, else `start`. Anything else is a command.
 * @param words what stood before `--`; `command` what stood behind it
 * @throws StyxyError USAGE
 */
export function resolveTarget(
  words: readonly string[],
  command: readonly string[] | undefined,
  place: CallPlace,
): RunTarget {
  const [name, ...more] = words;
  if (command !== undefined) {
    const script = isArguments(command) && more.length === 0 ? scriptNamed(name, place) : undefined;
    if (script) return scriptTarget(script, name!, command, place);
    if (words.length > 0) throw new StyxyError('USAGE', `unexpected "${words.join(' ')}" before --`);
    return commandTarget(command, place);
  }
  if (name === undefined) return mainScript(place);
  if (more.length === 0 && serviceNamed(name, place)) return serviceTarget(name, place);
  const script = more.length === 0 ? scriptNamed(name, place) : undefined;
  return script ? scriptTarget(script, name, [], place) : commandTarget(words, place);
}

/** A service of the project, or a script of the package: behind such a name only options of ours can follow. */
export function isNamed(name: string, place: CallPlace): 'service' | 'script' | undefined {
  if (serviceNamed(name, place)) return 'service';
  return scriptNamed(name, place) && 'script';
}

const isArguments = ([first]: readonly string[]): boolean => first?.startsWith('-') === true;

const serviceNamed = (name: string, { project }: CallPlace) => {
  const services = project?.config.services ?? {};
  return Object.hasOwn(services, name) ? services[name] : undefined;
};

function scriptNamed(name: string | undefined, { cwd, top }: CallPlace): Package | undefined {
  const own = name === undefined ? undefined : nearestPackage(cwd, top);
  return own && Object.hasOwn(own.scripts, name!) ? own : undefined;
}

function serviceTarget(name: string, place: CallPlace): RunTarget {
  const { env, project } = place;
  const service = serviceNamed(name, place)!;
  if (service.command === undefined) {
    throw new StyxyError('USAGE', `service "${name}" has no command`, {
      why: `${project!.file} names the service, but not how to start it`,
      hint: `add "command", or run it with styxy run --name ${name} -- <command>`,
    });
  }
  const folder = dirname(project!.file);
  return {
    command: [...wordsOf(service.command), ...(service.args ?? [])],
    cwd: folder,
    env: { ...env, PATH: [programsOf(folder), env.PATH].filter(Boolean).join(delimiter) },
    service: name,
    isOwnCode: true,
    isNamed: true,
  };
}

const SCRIPT = { service: undefined, isOwnCode: true, isNamed: true };

function scriptTarget(own: Package, script: string, args: readonly string[], place: CallPlace): RunTarget {
  const { env } = place;
  return {
    command: scriptCommand(own, script, args, place),
    cwd: own.folder,
    calledFrom: place.cwd,
    env,
    ...SCRIPT,
  };
}

function mainScript(place: CallPlace): RunTarget {
  const own = nearestPackage(place.cwd, place.top);
  if (!own) throw new StyxyError('USAGE', 'there is no command to run', { hint: 'styxy run -- npm run dev' });
  const script = MAIN_SCRIPTS.find((each) => Object.hasOwn(own.scripts, each));
  if (script !== undefined) return scriptTarget(own, script, [], place);
  const names = Object.keys(own.scripts);
  throw new StyxyError('USAGE', 'there is no command to run', {
    why: `${join(own.folder, 'package.json')} has no script "dev" or "start"${names.length > 0 ? `, but ${names.join(', ')}` : ''}`,
    hint: names.length > 0 ? `styxy run ${names[0]}` : 'styxy run -- <command>',
  });
}

/** A program that PATH does not have may be one of the project, as for a package script. */
function commandTarget(words: readonly string[], { cwd, env, top, worktree, project }: CallPlace): RunTarget {
  const isOwnCode = project !== undefined && runsOwnCode(words, { cwd, top });
  const target = {
    command: [...words],
    cwd,
    env,
    service: undefined,
    isOwnCode,
    ...(worktree && { worktree }),
  };
  const [word = ''] = words;
  if (word === '' || word.includes('/')) return target;
  const found = findProgram(word, target);
  if (found !== 'missing') return { ...target, isExecutable: found === 'executable' };
  const folders = foldersUp(cwd, top).map(programsOf);
  const withOwn = { ...env, PATH: [env.PATH, ...folders].filter(Boolean).join(delimiter) };
  return findProgram(word, { cwd, env: withOwn }) === 'missing' ? target : { ...target, env: withOwn };
}

const programsOf = (folder: string): string => join(folder, 'node_modules', '.bin');
