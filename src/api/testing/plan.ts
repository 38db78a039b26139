import { join } from 'node:path';
import type { Connection } from '../../client/connection.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import { instanceOf } from '../../client/instance.ts';
import { holdLease } from '../../client/held-lease.ts';
import { plainText } from '../../base/plain-text.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { textHash } from '../../base/text-hash.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import { namePartsOf } from '../../project/name-parts.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import { END_GRACE_MS, wrapperEndLimit } from '../../settings/defaults.ts';
import { packageRoot } from '../../system/package-root.ts';
import { identify, isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { findWorktree } from '../../system/worktree.ts';
import { CALLED_BY_THE_PROJECT, connect } from '../connect.ts';
import type { ServerOptions } from './types.ts';

/** What a server that is to be started needs, for the process that starts it and for those that use it. */
export interface PlannedServer extends ServerOptions {
  /** Whose connection holds its leases. */
  readonly holder: ProcessIdentity;
  readonly port: number;
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly lockId: string;
  /** Answers 503 until the server is the one that was started, and answers; then 200. */
  readonly gatePort: number;
  /** How long the wrapper of the command may take to end it, and what it has left. */
  readonly endMs: number;
}

/** Servers that this process, or the one that has started it, has planned: workers read the same configuration again. */
const PLANNED = 'STYXY_SERVERS';

/**
 * The server with its ports, which this process holds until it ends. The second time, and in every process that this one
 * starts, it is the same.
 * @throws StyxyError USAGE, DAEMON_UNREACHABLE, RANGE_FULL, BAD_CONFIG
 */
export async function planServer(options: ServerOptions, env: NodeJS.ProcessEnv): Promise<PlannedServer> {
  if (!options.name || options.command.length === 0)
    throw new StyxyError('USAGE', 'a server for tests needs a name and a command');
  const cwd = options.cwd ?? process.cwd();
  const key = keyOf(cwd, options.name);
  const known = plannedIn(env)[key];
  if (known && isAlive(known.holder)) return known;
  const connection = connect(env);
  const { own, gate } = await leasePorts(connection, { ...options, cwd }, env);
  const { port, url, lock_id: lockId } = own;
  const planned = {
    ...options,
    cwd,
    holder: identify(process.pid) ?? { pid: process.pid, startTime: '' },
    port,
    url,
    lockId,
    gatePort: gate.port,
    endMs: wrapperEndLimit(await loadEndGrace(connection)),
  };
  env[PLANNED] = JSON.stringify({ ...plannedIn(env), [key]: planned });
  return planned;
}

/** What starts it: its words, and the variables that tell it which one is meant. */
export function starterOf({ name, cwd, lockId }: PlannedServer) {
  return {
    words: [process.execPath, join(packageRoot(), 'dist', 'test-server.js'), keyOf(cwd ?? '', name)],
    env: { [LEASE_MARKER]: lockId },
  };
}

/** The server that this process is to start, and the environment that its command gets. */
export function takePlanned(key: string | undefined, env: NodeJS.ProcessEnv): PlannedServer | undefined {
  const planned = plannedIn(env)[key ?? ''];
  delete env[PLANNED];
  return planned;
}

const keyOf = (cwd: string, name: string): string => textHash(JSON.stringify([cwd, name]));

function plannedIn(env: NodeJS.ProcessEnv): Record<string, PlannedServer | undefined> {
  try {
    return JSON.parse(env[PLANNED] ?? '{}') as Record<string, PlannedServer | undefined>;
  } catch {
    return {};
  }
}

/** The user's setting; a daemon of an older version says nothing about it. */
function loadEndGrace(connection: Connection): Promise<number> {
  const status: Promise<Pick<StatusAnswer, 'end_grace_ms'>> = createHttpCoordinator(connection).status();
  return status.then(
    ({ end_grace_ms: ms }) => ms ?? END_GRACE_MS,
    () => END_GRACE_MS,
  );
}

async function leasePorts(
  connection: Connection,
  { name, type = 'test', cwd = '', command }: ServerOptions,
  env: NodeJS.ProcessEnv,
) {
  const worktree = findWorktree(cwd);
  const config = (await loadProjectConfig(cwd, worktree.path, CALLED_BY_THE_PROJECT))?.config;
  const request: AllocateBody = {
    service_type: type,
    service_type_definition: ownTypeOf(config, type),
    service_name: name,
    project_path: worktree.path,
    branch: worktree.branch ?? undefined,
    command: plainText(typeof command === 'string' ? command : command.join(' ')),
    ...instanceOf(env),
  };
  // The wrapper of the command uses this lease: it is a run inside of ours.
  const parts = namePartsOf({ worktree, config, env });
  const { allocation: own } = await holdLease(connection, { ...request, name_parts: parts, hands_on: true });
  const { allocation: gate } = await holdLease(connection, { ...request, service_name: `${name}-ready` });
  if (own.shared) throw runsOnce(type, own.port);
  return { own, gate };
}

function runsOnce(type: string, port: number): StyxyError {
  return new StyxyError('USAGE', 'tests need a server of their own', {
    why: `services of type "${type}" run once, and this one has port ${port}`,
    hint: 'give another type, or leave it out',
  });
}
