import { StyxyError } from '../../base/styxy-error.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { outerLease } from '../../protocol/lease-marker.ts';
import { partVariables } from '../../project/loader-variables.ts';
import type { ServiceAddress } from '../../settings/service-address.ts';
import { findWorktree, type Worktree } from '../../system/worktree.ts';
import type { FileCopy, PortPlan, ScriptRewrite } from '../../tools/plan.ts';
import type { InnerRuns } from './inner-runs.ts';
import { nameInCommand, type LeasedPorts } from './ports.ts';
import {
  describeElsewhere,
  describeDoubts,
  plannedPrograms,
  type PlannedProgram,
} from './planned-programs.ts';
import { readCommand } from './read-command.ts';
import { type FixedPort, fixedPorts, givenName, type PortRequest, requestsOf } from './requests.ts';
import { composeVariables } from './scripts/compose-variables.ts';
import { remapVariables } from './scripts/remap-variables.ts';
import { scriptVariables } from './scripts/script-variables.ts';
import type { ScriptWay } from './scripts/direct.ts';
import type { RunTarget } from './target.ts';
import type { IfRunning, RunWishes } from './wishes.ts';

/** What will be leased, and how the command will be started with it. */
export interface RunPlan {
  /** The service's own port first. */
  readonly ports: readonly [PortRequest, ...PortRequest[]];
  readonly serviceName: string;
  /** The command as it was given. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** undefined: neither flags nor configuration say. */
  readonly ifRunning: IfRunning | undefined;
  /** Of a script: without its package manager, or why not. */
  readonly way: ScriptWay | undefined;
  /** Instead of PORT. */
  readonly portVariables: readonly string[];
  /** The project's services by name, as far as their ports are known. */
  readonly siblings: ReadonlyMap<string, ServiceAddress>;
  /** Variables of the project, with placeholders for ports. */
  readonly projectEnv: Readonly<Record<string, string>>;
  /** Names of those that this command does not get, because it is no code of the project. */
  readonly withheld: readonly string[];
  /** The one of `ports` (0: the first) that PORT stands for; undefined: PORT is as it was. */
  readonly portOwner: number | undefined;
  /** The ports after the first are of programs that the command starts, not asked for by name. */
  readonly isFound: boolean;
  /** A port that was named for it, and that it may not get. */
  readonly wish: number | undefined;
  /** Of each of `ports`: the only one that its program can listen on, and why; undefined: any. */
  readonly fixed: readonly (FixedPort | undefined)[];
  readonly adapter: string;
  readonly because: string;
  /** What each of `ports` is for, where `isFound`: `next dev`. */
  readonly labels: readonly string[];
  /** What the command starts, the one that gets the port first. */
  readonly programs: readonly PlannedProgram[];
  /** For people, once the ports are known: what will not be as it should with them. */
  doubts(ports: LeasedPorts): string[];
  /** For people: what becomes of the same number elsewhere in the texts that run. */
  readonly elsewhere: readonly string[];
  /** The command is nothing but further runs of Styxy. */
  readonly isOnlyRuns: boolean;
  /** @param variables of each port's program, for it alone; missing: they are not known */
  launch(ports: LeasedPorts, variables?: readonly Variables[]): Launch;
}

export type Variables = Readonly<Record<string, string>>;

/** The command for its ports, and the variables that make the tool or the package script use them. */
export interface Launch {
  command: string[];
  variables: Record<string, string>;
  scripts: readonly ScriptRewrite[];
  /** They have to be written before the command is started, and are of no use after its end. */
  files: readonly FileCopy[];
}

/**
 * Wishes win over the project's configuration, which wins over what the command itself tells.
 * @throws StyxyError USAGE when there is no command
 */
export async function planRun(
  target: RunTarget,
  wishes: RunWishes,
  project: LoadedProject | undefined,
): Promise<RunPlan> {
  const { cwd, env } = target;
  const [main] = wishes.ports ?? [];
  const command = main ? nameInCommand(target.command, main.name, '{port}') : target.command;
  const worktree = target.worktree ?? findWorktree(cwd);
  const { planned, inner } = await planTool(command, target, worktree, wishes, project?.config.services);
  const tool = { ...planned, identity: (await ownScript(command, target)) ?? planned.identity };
  const parts = { target, wishes, project, worktree, tool, command, hasOneInnerRun: inner?.count === 1 };
  const ports = requestsOf(parts);
  const serviceName = givenName(parts) ?? tool.identity.name;
  const config = project?.config;
  const service = config?.services?.[serviceName];
  const variables = wishes.env ?? service?.env ?? [];
  const isFound = wishes.ports === undefined;
  const way = await wayOf(command, target, wishes, worktree);
  const { plain, loaders } = partVariables(config?.env ?? {});
  return {
    ports,
    serviceName,
    command,
    cwd: way && 'folder' in way ? way.folder : cwd,
    env,
    way,
    ifRunning: wishes.ifRunning ?? service?.ifRunning,
    portVariables: typeof variables === 'string' ? [variables] : variables,
    portOwner: isFound ? tool.portOwner : 0,
    isFound,
    siblings: new Map(),
    projectEnv: target.isOwnCode ? (config?.env ?? {}) : plain,
    withheld: target.isOwnCode ? [] : loaders,
    wish: ports[0].preferred_port,
    fixed: isFound ? fixedPorts(tool) : [],
    adapter: tool.adapter,
    because: inner?.because ?? tool.because,
    programs: plannedPrograms(tool),
    labels: [tool, ...tool.more].map(({ label }) => label),
    doubts: (leased) => (isFound ? describeDoubts(tool, leased) : []),
    elsewhere: [...new Set(tool.elsewhere.map(describeElsewhere))],
    isOnlyRuns: inner !== undefined,
    launch: (leased, own) => throughWay(way, launch(tool, leased, { cwd, env, worktree }, isFound, own)),
  };
}

/** The same run with a wish for a port. @param server the one of `ports` that it is for, from 0 */
export function planAt(plan: RunPlan, server: number, wish: number | undefined): RunPlan {
  const [own, ...more] = plan.ports.map((request, index) =>
    // This one is of no file and no configuration.
    index === server
      ? {
          ...request,
          port: undefined,
          preferred_port: wish,
          wished_by: 'option' as const,
          wished_in: undefined,
        }
      : request,
  ) as [PortRequest, ...PortRequest[]];
  return { ...plan, ports: [own, ...more], wish: own.preferred_port };
}

/**
 * A script that is named starts as npm would start it, without npm; a command that asks npm for one does so where that is
 * wanted.
 * @throws StyxyError USAGE where it is wanted of what is no script
 */
async function wayOf(
  command: readonly string[],
  { cwd, env, calledFrom = cwd, isNamed = false }: RunTarget,
  { direct = false }: RunWishes,
  { path: top }: Worktree,
): Promise<ScriptWay | undefined> {
  if (!isNamed && !direct) return undefined;
  const { scriptWay } = await import('./scripts/direct.ts');
  const way = scriptWay(command, { cwd, env, top, calledFrom });
  if (way || !direct) return way;
  throw new StyxyError('USAGE', `"${command.join(' ')}" runs no script of a package`, {
    why: '--direct starts a script without its package manager',
    hint: 'leave out --direct',
  });
}

/** What the service is when the command stands in a package script, behind the prefix. */
async function ownScript(command: readonly string[], target: RunTarget) {
  const { npm_lifecycle_event: script, NODE_RUN_SCRIPT_NAME: ofNode } = target.env;
  if (script === undefined && ofNode === undefined) return undefined;
  return (await import('./scripts/script-around.ts')).identityByScript(command, target);
}

const unset = (variables: Record<string, string>, env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => env[name] === undefined));

interface Planned {
  planned: PortPlan;
  /** The command is nothing but further runs of Styxy, which get their ports themselves. */
  inner?: InnerRuns | undefined;
}

/** @throws StyxyError USAGE for no command, and for what runs itself */
async function planTool(
  command: readonly string[],
  { cwd, env, service }: RunTarget,
  worktree: Worktree,
  wishes: RunWishes,
  services: Readonly<Record<string, unknown>> | undefined,
): Promise<Planned> {
  if (command.length === 0 || command[0] === '') {
    throw new StyxyError('USAGE', 'there is no command to run', { hint: 'styxy run -- npm run dev' });
  }
  // A run inside one that exchanges numbers goes on with that.
  const remaps = wishes.remap ?? (outerLease(env) !== undefined && env.STYXY_REMAP !== undefined);
  const planned = await readCommand(command, cwd, worktree, { remaps, env });
  const all = [command, ...planned.programs.map(({ words }) => words)];
  // Most commands name no Styxy, and load nothing for it.
  if (!all.some((words) => words.some((word) => /styxy(\.c?js)?$/.test(word)))) return { planned };
  const { areFollowed, isOneEach, readInnerRuns } = await import('./inner-runs.ts');
  const inner = readInnerRuns(command, planned.programs, service, services);
  // Ports that are asked for by name are not for what is found.
  if (wishes.ports || !areFollowed(planned.programs)) return { planned, inner };
  const followed = await readCommand(command, cwd, worktree, { remaps, env, opensRuns: true });
  return isOneEach(planned.programs, followed.programs) ? { planned: followed } : { planned, inner };
}

interface LaunchPlace extends Pick<RunTarget, 'cwd' | 'env'> {
  worktree: Worktree;
}

/** What npm would start, where that is known; the shell that exchanges texts is called as npm would call it. */
function throughWay(way: ScriptWay | undefined, { variables, ...given }: Launch): Launch {
  const direct = way && 'folder' in way ? way : undefined;
  const command = direct?.commandFor(given.command, variables.npm_config_script_shell);
  if (!direct || !command) return { ...given, variables };
  return { ...given, command, variables: { ...direct.variables, ...variables } };
}

function launch(
  tool: PortPlan,
  [main, ...more]: LeasedPorts,
  place: LaunchPlace,
  isFound: boolean,
  own: readonly Variables[] = [],
): Launch {
  const given = [main, ...(isFound ? more : [])].map(({ port }, index) => ({
    port,
    variables: own[index] ?? {},
  }));
  const { argv, env = {}, scripts = [], files = [], remaps = [], defaults = {} } = tool.inject(...given);
  const words = argv.map((word) => word.replaceAll('{port}', String(main.port)));
  return {
    command: isFound
      ? words
      : more.reduce((known, { name, port }) => nameInCommand(known, name, String(port)), words),
    variables: {
      ...unset(defaults, place.env),
      ...composeVariables(tool.composeProject, env, place),
      ...scriptVariables(scripts, place),
      ...remapVariables(remaps, place.env),
    },
    scripts,
    files,
  };
}
