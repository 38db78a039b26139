import { dirname, relative } from 'node:path';
import { instanceOf } from '../../client/instance.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { namePartsOf } from '../../project/name-parts.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import { outerLease } from '../../protocol/lease-marker.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Worktree } from '../../system/worktree.ts';
import type { PlannedServer, PortPlan } from '../../tools/plan.ts';
import { portWish, type WishPlaces } from './ports.ts';
import type { RunTarget } from './target.ts';
import type { RunWishes } from './wishes.ts';

export interface PortRequest extends AllocateBody {
  service_name: string;
  /** Always said: a question about no project is one about all of them. */
  project_path: string;
}

/** A port that a program can't leave. */
export interface FixedPort {
  port: number;
  /** For people. */
  because: string;
}

/** What the requests of a run are made from. */
export interface RequestParts {
  target: RunTarget;
  wishes: RunWishes;
  project: LoadedProject | undefined;
  worktree: Worktree;
  tool: PortPlan;
  command: readonly string[];
  /** The command is one further run of Styxy, and nothing else. */
  hasOneInnerRun: boolean;
}

const DEFAULT_TYPE = 'dev';
/** What a request may name. */
const SAYABLE = /^[^\u0000-\u001f\u007f]{1,256}$/;

/** The ports to ask for: those that were asked for by name, else one for each server that the command starts. */
export function requestsOf(parts: RequestParts): [PortRequest, ...PortRequest[]] {
  const { wishes, tool } = parts;
  const [, ...named] = wishes.ports ?? [];
  const own = ownRequest(parts);
  if (wishes.ports) return [own, ...named.map(({ name, type }) => request(parts, name, type))];
  return [own, ...tool.more.map((server, index) => serverRequest(parts, server, index + 1))];
}

/** Of each server that the command starts: the only port that it can listen on; undefined: any. */
export function fixedPorts({ more, ...own }: PortPlan): (FixedPort | undefined)[] {
  return [own, ...more].map(({ fixed, because }) =>
    fixed === undefined ? undefined : { port: fixed, because },
  );
}

/** The name that a person or the configuration gives to the run's service; undefined: the command's own. */
export function givenName({ target, wishes, tool, project, worktree }: RequestParts): string | undefined {
  const [main] = wishes.ports ?? [];
  const inner = tool.program?.command.run?.name;
  return (
    wishes.name ?? main?.name ?? target.service ?? inner ?? configuredName(tool.identity, project, worktree)
  );
}

function ownRequest(parts: RequestParts): PortRequest {
  const { target, wishes, tool, project } = parts;
  const [main] = wishes.ports ?? [];
  const { folder, program, name } = tool.identity;
  const named = givenName(parts);
  const service = project?.config.services?.[named ?? name];
  const inner = tool.program?.command.run;
  const type = wishes.type ?? main?.type ?? inner?.type ?? service?.type;
  const isMeant = wishes.ports !== undefined || callersPortIsFor(tool) === 0;
  const isOnlyOne = tool.more.length === 0 && (wishes.ports ?? []).length < 2;
  return {
    ...request(
      parts,
      named ?? name,
      type ?? tool.serviceType ?? DEFAULT_TYPE,
      isOnlyOne ? folder : undefined,
    ),
    ...defaultType(type, tool),
    ...(named === undefined && { service_folder: folder, program }),
    serves: true,
    ...((parts.hasOneInnerRun || inner) && { hands_on: true }),
    inside: outerLease(target.env),
    ...portWish({ flags: wishes, service, ...writtenPort(tool), env: isMeant ? target.env : {} }),
    ...ownPort(tool),
  };
}

function serverRequest(parts: RequestParts, server: PlannedServer, index: number): PortRequest {
  const { target, tool, project, worktree } = parts;
  const { folder, program, name } = server.identity;
  const inner = server.program?.command.run;
  const named = inner?.name ?? configuredName(server.identity, project, worktree);
  const service = named === undefined ? undefined : project?.config.services?.[named];
  const type = inner?.type ?? service?.type;
  const env = callersPortIsFor(tool) === index ? target.env : {};
  return {
    ...request(parts, named ?? name, type ?? server.serviceType ?? DEFAULT_TYPE),
    ...defaultType(type, server),
    ...(named === undefined && { service_folder: folder, program }),
    ...(inner && { hands_on: true }),
    ...portWish({ flags: {}, service, ...writtenPort(server), env }),
    ...ownPort(server),
  };
}

/** Where nobody asks for a type: whether the program says it, or its port may. */
function defaultType(
  asked: string | undefined,
  { serviceType }: PlannedServer,
): Pick<PortRequest, 'service_type_default' | 'service_type_known'> {
  const isDefault = asked === undefined;
  return {
    service_type_default: isDefault,
    ...(isDefault && serviceType !== undefined && { service_type_known: true }),
  };
}

/** What the files of the project say of it. */
function writtenPort({
  wanted,
  wish,
  written,
}: PlannedServer): Pick<WishPlaces, 'script' | 'toolConfig' | 'file'> {
  if (written === undefined) return { script: wanted };
  const { file, line } = written;
  const where = line === undefined ? file : `${file}:${line}`;
  return { script: wanted, toolConfig: wish, ...(SAYABLE.test(where) && { file: where }) };
}

/** Habits, cookies and settings elsewhere depend on the port that a program takes by itself. */
function ownPort({ wanted, wish }: PlannedServer): Pick<PortRequest, 'default_port'> {
  return wanted === undefined && wish !== undefined ? { default_port: wish } : {};
}

/** The PORT of the caller means the server that would have read it; the first where none is known to. */
function callersPortIsFor({ more, ...own }: PortPlan): number {
  const at = [own, ...more].findIndex(({ program }) => program?.edits.readsPort === true);
  return Math.max(at, 0);
}

/** @param folder of its package, where it may be the only service of its project */
function request(
  { target: { env }, wishes, project, worktree, command }: RequestParts,
  name: string,
  type: string,
  folder?: string,
): PortRequest {
  const { path, branch } = worktree;
  const service = folder === undefined ? undefined : { name, folder };
  return {
    service_type: type,
    service_name: name,
    project_path: path,
    branch: branch ?? undefined,
    name_parts: namePartsOf({ worktree, config: project?.config, env, service }),
    ...instanceOf(env, wishes.instance),
    command: printable(command),
    force: wishes.force,
    service_type_definition: ownTypeOf(project?.config, type),
  };
}

/**
 * The configuration names the services of its own folder, and packages of the workspace by their short names. A script
 * of another folder that happens to have the same name is another service.
 */
function configuredName(
  { name, folder }: PlannedServer['identity'],
  project: LoadedProject | undefined,
  { path }: Worktree,
): string | undefined {
  if (!project || !Object.hasOwn(project.config.services ?? {}, name)) return undefined;
  const isItsFolder = relative(path, dirname(project.file)) === folder;
  return isItsFolder || folder.split('/').at(-1) === name ? name : undefined;
}

/** The command for people: one line, no control characters, at most 4096 characters. */
function printable(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word)));
  return words
    .join(' ')
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 4096);
}
