import type { Connection } from '../../client/connection.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import type { AllocateBody } from '../../protocol/allocation.ts';
import { isOthers, obtainPort, type RunLease } from './obtain.ts';
import type { RunPlan } from '../plan/plan.ts';

/** One part of `--ports web=dev,hmr=proxy`. */
export interface NamedPort {
  name: string;
  type: string;
}

/** Commands name the service's own port, the first one, as `{port}`, `{web}` or `{web.port}`. */
export function nameMainPort(command: readonly string[], [main]: readonly NamedPort[]): string[] {
  return main ? fill(command, main.name, '{port}') : [...command];
}

/** The plan of the first port made one for all of them; the project may define their types for itself. */
export function withMorePorts(
  plan: RunPlan,
  [, ...more]: readonly NamedPort[],
  project?: LoadedProject,
): RunPlan {
  const { project_path, branch, instance_id, command } = plan.request;
  const subject = { project_path, branch, instance_id, command };
  return {
    ...plan,
    more: more.map(({ name, type }) => ({
      ...subject,
      service_type: type,
      service_name: name,
      service_type_definition: ownTypeOf(project?.config, type),
    })),
    launch(port, ports = new Map()) {
      const launch = plan.launch(port);
      let words = launch.command;
      for (const [name, each] of ports) words = fill(words, name, String(each));
      return { ...launch, command: words };
    },
  };
}

function fill(words: readonly string[], name: string, value: string): string[] {
  return words.map((word) => word.replaceAll(`{${name}}`, value).replaceAll(`{${name}.port}`, value));
}

/**
 * Leases a port for each request, all or none. The first one decides whether the service runs already.
 * @throws StyxyError of the request that was refused
 */
export async function obtainPorts(
  connection: Connection,
  requests: readonly AllocateBody[],
): Promise<RunLease> {
  const { avoid = [] } = requests[0] ?? {};
  const leases: RunLease[] = [];
  const ports = new Map<string, number>();
  try {
    for (const request of requests) {
      // Without a daemon nobody else remembers which ports the others have.
      const lease = await obtainPort(connection, { ...request, avoid: [...avoid, ...ports.values()] });
      if (leases.length === 0 && isOthers(lease)) return lease;
      leases.push(lease);
      ports.set(request.service_name ?? request.service_type, lease.allocation.port);
    }
  } catch (error) {
    await all(leases, (lease) => lease.release());
    throw error;
  }
  return together(leases, ports);
}

function together(leases: readonly RunLease[], ports: ReadonlyMap<string, number>): RunLease {
  const [main] = leases;
  if (!main) throw new Error('a run has at least one port');
  return {
    allocation: main.allocation,
    ports,
    unguarded: leases.find(({ unguarded }) => unguarded)?.unguarded,
    onLost: (listener) => leases.forEach((lease) => lease.onLost(listener)),
    // Of the others nobody knows whether the program is to listen there itself, or only from when on.
    onMoved: (listener) => main.onMoved(listener),
    attach: (pid) => leases.forEach((lease) => lease.attach(pid)),
    leave: () => all(leases, (lease) => lease.leave()),
    release: () => all(leases, (lease) => lease.release()),
  };
}

async function all(leases: readonly RunLease[], act: (lease: RunLease) => Promise<void>): Promise<void> {
  await Promise.all(leases.map(act));
}
