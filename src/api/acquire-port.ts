import { instanceOf } from '../client/instance.ts';
import { holdLease, type HeldLease } from '../client/held-lease.ts';
import { isNoCoordinator } from '../client/no-coordinator.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { findWorktree } from '../system/worktree.ts';
import { loadProjectConfig } from '../project/load-config.ts';
import { namePartsOf } from '../project/name-parts.ts';
import { ownTypeOf } from '../project/own-types.ts';
import type { AllocateBody } from '../protocol/requests/allocate.ts';
import { CALLED_BY_THE_PROJECT, connect } from './connect.ts';
import type { PortLease, PortOptions } from './types.ts';
import { takeExactPort, takeFreePorts } from './without-daemon.ts';

const DEFAULT_TYPE = 'test';
const MOST_PORTS = 100;

/**
 * Leases a port from the machine's coordinator for as long as this process holds it. The type is the one that the
 * project's configuration defines, else the common one.
 *
 * ```ts
 * await using lease = await acquirePort();
 * server.listen(lease.port);
 * ```
 * @throws StyxyError RANGE_FULL, PORT_TAKEN, UNKNOWN_TYPE, BAD_CONFIG, or DAEMON_UNREACHABLE with `daemon: 'require'`;
 *   the signal's reason when it fires first
 */
export async function acquirePort(options: PortOptions = {}): Promise<PortLease> {
  const { port, count = 1, signal, daemon = 'auto' } = options;
  if (!Number.isInteger(count) || count < 1 || count > MOST_PORTS) {
    throw new StyxyError('USAGE', `count: ${count} is not a number from 1 to ${MOST_PORTS}`);
  }
  if (port !== undefined && count > 1) throw new StyxyError('USAGE', 'port and count exclude each other');
  signal?.throwIfAborted();
  // Whether one port is free is no question of types: nothing has to be read for it.
  if (daemon === 'never' && port !== undefined) return takeExactPort(port);
  const request = await requestOf(options);
  if (daemon === 'never') return takeFreePorts(options, request);

  const held = await holdAll(request, count).catch((error: unknown) => {
    if (daemon === 'auto' && isNoCoordinator(error)) return error;
    throw error;
  });
  if (held instanceof StyxyError) {
    process.emitWarning(`${held.message}: the port is free now, but nothing reserves it`, 'StyxyWarning');
    return port === undefined ? takeFreePorts(options, request) : takeExactPort(port);
  }
  const lease = toPortLease(held);
  if (signal?.aborted) {
    await lease.release();
    throw signal.reason;
  }
  signal?.addEventListener('abort', () => void lease.release(), { once: true });
  return lease;
}

/** @throws StyxyError BAD_CONFIG */
async function requestOf({ type = DEFAULT_TYPE, name, port, prefer }: PortOptions): Promise<AllocateBody> {
  const cwd = process.cwd();
  const worktree = findWorktree(cwd);
  const { path, branch } = worktree;
  const config = (await loadProjectConfig(cwd, path, CALLED_BY_THE_PROJECT))?.config;
  return {
    service_type: type,
    service_type_definition: ownTypeOf(config, type),
    name_parts: namePartsOf({ worktree, config, env: process.env }),
    service_name: name,
    port,
    preferred_port: prefer,
    project_path: path,
    branch: branch ?? undefined,
    command: process.argv.slice(1, 3).join(' '),
    ...instanceOf(process.env),
  };
}

async function holdAll(request: AllocateBody, count: number): Promise<HeldLease[]> {
  const connection = connect(process.env);
  const held: HeldLease[] = [];
  try {
    for (let index = 0; index < count; index++) {
      // Only one of them can have the wish.
      const body = index === 0 ? request : { ...request, preferred_port: undefined };
      const lease = await holdLease(connection, body);
      const isShared = held.some(({ allocation }) => allocation.lock_id === lease.allocation.lock_id);
      held.push(lease);
      if (isShared) throw runsOnce(request.service_type, lease.allocation.port, count);
    }
    return held;
  } catch (error) {
    await Promise.all(held.map((lease) => lease.release()));
    throw error;
  }
}

function runsOnce(type: string, port: number, count: number): StyxyError {
  return new StyxyError('USAGE', `count: there are no ${count} ports for one service of type "${type}"`, {
    why: `services of this type run once, and this one has port ${port}`,
    hint: 'leave count out, or ask for services of several names',
  });
}

function toPortLease(held: readonly HeldLease[]): PortLease {
  const [first] = held;
  if (!first) throw new Error('a lease has at least one port');
  const { port, url, name_url: nameUrl, lock_id: lockId } = first.allocation;
  const release = async (): Promise<void> => void (await Promise.all(held.map((lease) => lease.release())));
  return {
    port,
    url,
    nameUrl,
    lockId,
    release,
    ports: held.map(({ allocation }) => allocation.port),
    env: {
      PORT: String(port),
      STYXY_PORT: String(port),
      STYXY_URL: url,
      ...(nameUrl !== null && { STYXY_NAME_URL: nameUrl }),
      STYXY_LOCK_ID: lockId,
    },
    [Symbol.asyncDispose]: release,
  };
}
