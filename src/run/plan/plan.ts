import { dirname, relative } from 'node:path';
import { plainText } from '../../base/plain-text.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { instanceOf } from '../../client/instance.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { partVariables } from '../../project/loader-variables.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import { outerLease } from '../../protocol/lease-marker.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { ServiceAddress } from '../../settings/service-address.ts';
import { findWorktree, type Worktree } from '../../system/worktree.ts';
import type { PortPlan, ScriptRewrite } from '../../tools/plan.ts';
import type { InnerRuns } from './inner-runs.ts';
import { nameInCommand, portWish, type LeasedPorts, type NamedPort } from './ports.ts';
import { describeElsewhere, listeningPrograms, type PlannedProgram } from './planned-programs.ts';
import { readCommand } from './read-command.ts';
import { scriptVariables } from './scripts/script-variables.ts';
import type { RunTarget } from './target.ts';

/** What a run does if the same service of the same worktree runs already. */
export type IfRunning = 'new' | 'reuse' | 'replace' | 'fail';

/** What the caller of `styxy run` asked for; what is left out, the configuration or the command decides. */
export interface RunWishes {
  type?: string;
  name?: string;
  /** Exactly this port. */
  port?: number;
  /** This port if it is free. */
  prefer?: number;
  /** Several ports; the first one is the service's own, and gives it its name and type. */
  ports?: readonly NamedPort[];
  /** Variables that get the port instead of PORT. */
  env?: readonly string[];
  ifRunning?: IfRunning;
  instance?: string;
  force?: boolean;
}

export interface PortRequest extends AllocateBody {
  service_name: string;
}

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
  /** Instead of PORT. */
  readonly portVariables: readonly string[];
  /** The project's services by name, as far as their ports are known. */
  readonly siblings: ReadonlyMap<string, ServiceAddress>;
  /** Variables of the project, with placeholders for ports. */
  readonly projectEnv: Readonly<Record<string, string>>;
  /** Names of those that this command does not get, because it is no code of the project. */
  readonly withheld: readonly string[];
  /** A port that was named for it, and that it may not get. */
  readonly wish: number | undefined;
  readonly adapter: string;
  readonly because: string;
  /** What the command starts, the one that gets the port first. */
  readonly programs: readonly PlannedProgram[];
  /** For people: what becomes of the same number elsewhere in the texts that run. */
  readonly elsewhere: readonly string[];
  /** The command is nothing but further runs of Styxy. */
  readonly isOnlyRuns: boolean;
  launch(ports: LeasedPorts): Launch;
}

/** The command for its ports, and the variables that make the tool or the package script use them. */
export interface Launch {
  command: string[];
  variables: Record<string, string>;
  script: ScriptRewrite | undefined;
}

const DEFAULT_TYPE = 'dev';

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
  const [main, ...more] = wishes.ports ?? [];
  const command = main ? nameInCommand(target.command, main.name, '{port}') : target.command;
  const worktree = findWorktree(cwd);
  const tool = await planTool(command, cwd, worktree);
  const { folder, program, name: ownName } = (await ownScript(command, target)) ?? tool.identity;
  const named =
    wishes.name ?? main?.name ?? target.service ?? configuredName(ownName, folder, project, worktree);
  const serviceName = named ?? ownName;
  const config = project?.config;
  const inner = await readInner(command, tool, target.service, config?.services);
  const service = config?.services?.[serviceName];
  const type = wishes.type ?? main?.type ?? service?.type;
  const variables = wishes.env ?? service?.env ?? [];
  const { path, branch } = worktree;
  const { plain, loaders } = partVariables(config?.env ?? {});
  const request = (name: string, ofType: string): PortRequest => ({
    service_type: ofType,
    service_name: name,
    project_path: plainText(path),
    branch: branch ?? undefined,
    ...instanceOf(env, wishes.instance),
    command: printable(command),
    force: wishes.force,
    service_type_definition: ownTypeOf(config, ofType),
  });
  const own: PortRequest = {
    ...request(serviceName, type ?? tool.serviceType ?? DEFAULT_TYPE),
    service_type_default: type === undefined,
    ...(named === undefined && { service_folder: plainText(folder), program: plainText(program) }),
    serves: true,
    ...(inner?.count === 1 && { hands_on: true }),
    inside: outerLease(env),
    ...portWish({ flags: wishes, service, script: tool.wanted, env }),
  };
  return {
    ports: [own, ...more.map((each) => request(each.name, each.type))],
    serviceName,
    command,
    cwd,
    env,
    ifRunning: wishes.ifRunning ?? service?.ifRunning,
    portVariables: typeof variables === 'string' ? [variables] : variables,
    siblings: new Map(),
    projectEnv: target.isOwnCode ? (config?.env ?? {}) : plain,
    withheld: target.isOwnCode ? [] : loaders,
    wish: own.preferred_port,
    adapter: tool.adapter,
    because: inner?.because ?? tool.because,
    programs: listeningPrograms(tool.programs),
    elsewhere: tool.elsewhere.map(describeElsewhere),
    isOnlyRuns: inner !== undefined,
    launch: (ports) => launch(tool, ports, target),
  };
}

/** Most commands name no Styxy, and load nothing for it. @throws StyxyError USAGE for what runs itself */
async function readInner(
  command: readonly string[],
  { programs }: PortPlan,
  ...services: [service: string | undefined, all: Readonly<Record<string, unknown>> | undefined]
): Promise<InnerRuns | undefined> {
  const all = [command, ...programs.map(({ words }) => words)];
  if (!all.some((words) => words.some((word) => /styxy(\.js)?$/.test(word)))) return undefined;
  return (await import('./inner-runs.ts')).readInnerRuns(command, programs, ...services);
}

/** What the service is when the command stands in a package script, behind the prefix. */
async function ownScript(command: readonly string[], target: RunTarget) {
  const { npm_lifecycle_event: script, NODE_RUN_SCRIPT_NAME: ofNode } = target.env;
  if (script === undefined && ofNode === undefined) return undefined;
  return (await import('./scripts/script-around.ts')).identityByScript(command, target);
}

/**
 * The configuration names the services of its own folder, and packages of the workspace by their short names. A script
 * of another folder that happens to have the same name is another service.
 */
function configuredName(
  name: string,
  folder: string,
  project: LoadedProject | undefined,
  { path }: Worktree,
): string | undefined {
  if (!project || !Object.hasOwn(project.config.services ?? {}, name)) return undefined;
  const isItsFolder = relative(path, dirname(project.file)) === folder;
  return isItsFolder || folder.split('/').at(-1) === name ? name : undefined;
}

async function planTool(command: readonly string[], cwd: string, worktree: Worktree): Promise<PortPlan> {
  if (command.length === 0 || command[0] === '') {
    throw new StyxyError('USAGE', 'there is no command to run', { hint: 'styxy run -- npm run dev' });
  }
  return readCommand(command, cwd, worktree);
}

function launch(tool: PortPlan, [main, ...more]: LeasedPorts, place: RunTarget): Launch {
  const { argv, env, scriptRewrite } = tool.inject(main.port);
  const own = argv.map((word) => word.replaceAll('{port}', String(main.port)));
  return {
    command: more.reduce((words, { name, port }) => nameInCommand(words, name, String(port)), own),
    variables: { ...env, ...(scriptRewrite && scriptVariables(scriptRewrite, place)) },
    script: scriptRewrite,
  };
}

/** The command for people: one line, no control characters, at most 4096 characters. */
function printable(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word)));
  return words
    .join(' ')
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 4096);
}
