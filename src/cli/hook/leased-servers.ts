import { agentProcess } from '../../client/agent-process.ts';
import { createConnection } from '../../client/connection.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import type { LeasedServer } from '../../hook/guard/judge.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { styxyPaths } from '../../system/paths.ts';
import { processDescriber } from '../../system/process/identity.ts';
import { findAllMarked, snapshotTree } from '../../system/process/tree.ts';
import { within } from './time-limit.ts';

/** An agent waits for its command meanwhile; a daemon that needs longer is not waited for. */
const LIMIT_MS = 400;

/** The live leases and their processes, from a daemon that runs; none when no daemon answers in time. */
export async function leasedServers(env: NodeJS.ProcessEnv): Promise<LeasedServer[]> {
  const connection = createConnection({ paths: styxyPaths(env), env, autostart: false });
  const answer = await within(LIMIT_MS, createHttpCoordinator(connection).list());
  const live = answer?.allocations.filter(({ state }) => state !== 'orphaned' && state !== 'released') ?? [];
  if (live.length === 0) return [];
  const marked = await findAllMarked(LEASE_MARKER);
  const describe = processDescriber();
  return live.map((allocation) => serverOf(allocation, marked.get(allocation.lock_id) ?? [], describe));
}

/** The instances of the agent that asks: `/clear` gives an agent another session id, and its servers go on. */
export async function instancesOf(prefix: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const pid = agentProcess(env, prefix);
  const connection = createConnection({ paths: styxyPaths(env), env, autostart: false });
  const answer = await within(LIMIT_MS, createHttpCoordinator(connection).listInstances());
  const own = answer?.instances.filter(({ process_id: process }) => process === pid) ?? [];
  return own.map(({ instance_id: id }) => id);
}

function serverOf(
  allocation: Allocation,
  marked: readonly { pid: number }[],
  describe: ReturnType<typeof processDescriber>,
): LeasedServer {
  const roots = [
    allocation.holder.pid,
    allocation.process_id,
    ...allocation.listeners.map(({ pid }) => pid),
  ].filter((pid) => typeof pid === 'number');
  const pids = new Set([...roots.flatMap((pid) => snapshotTree(pid)), ...marked].map(({ pid }) => pid));
  return {
    port: allocation.port,
    actualPorts: allocation.actual_ports,
    lockId: allocation.lock_id,
    service: allocation.service_name ?? allocation.service_type,
    serviceType: allocation.service_type,
    instance: allocation.instance_id,
    folder: allocation.project_path,
    command: allocation.command,
    containers: allocation.listeners.flatMap(({ container }) => container?.name ?? []),
    processes: [...pids].flatMap((pid) => {
      const command = describe(pid)?.command;
      return command ? [{ pid, command, name: nameOf(command) }] : [];
    }),
  };
}

/** `node` of `/usr/bin/node server.js`. */
function nameOf(command: string): string {
  return /^\S*?([^/\s]+)(?:\s|$)/.exec(command)?.[1] ?? command;
}
