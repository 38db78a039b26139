import { createConnection } from '../../client/connection.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import type { Expected } from '../../hook/describe.ts';
import { type LineCommand, variablesOf } from '../../hook/line/command.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { fixedPorts, requestsOf } from '../../run/plan/requests.ts';
import { fixedPortTaken } from '../../run/leases/fixed-ports.ts';
import { suggestPorts } from '../../run/leases/suggest-ports.ts';
import { resolve } from 'node:path';
import { styxyPaths } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { PortPlan } from '../../tools/plan.ts';
import { within } from './time-limit.ts';

/** A server that the agent's line starts. */
export interface Server {
  command: LineCommand;
  plan: PortPlan;
}

interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The session that starts it. */
  instance: string | undefined;
}

/** An agent waits for its command meanwhile. */
const LIMIT_MS = 250;

/** The ports that the servers would get now; undefined when no daemon tells in time. */
export function expectedPorts(servers: readonly Server[], place: Place): Promise<Expected | undefined> {
  const { env } = place;
  const connection = createConnection({ paths: styxyPaths(env), env, autostart: false });
  const { suggest } = createHttpCoordinator(connection);
  return within(LIMIT_MS, portsFor(servers, place, { suggest }));
}

/** All of them in one question after the other, so that no two are told the same port. */
async function portsFor(
  servers: readonly Server[],
  place: Place,
  coordinator: Pick<Coordinator, 'suggest'>,
): Promise<Expected | undefined> {
  const all = await Promise.all(servers.map((server) => requestsFor(server, place)));
  const [own, ...more] = all.flat();
  if (!own) return undefined;
  const requests = [own, ...more] as const;
  const ports = await suggestPorts(coordinator, { ports: requests }, undefined);
  const plan = { ports: requests, fixed: servers.flatMap((server) => fixedPorts(server.plan)) };
  const allocations = ports.map(({ answer }) => answer);
  return { ports, refused: fixedPortTaken(plan, { ports, allocations }) };
}

/** What `styxy run` will ask for. */
async function requestsFor({ command, plan }: Server, { cwd, env, instance }: Place) {
  const { words, dir = '.' } = command;
  const folder = resolve(cwd, dir);
  const worktree = findWorktree(folder);
  const text = words.map(({ value, text: written }) => value ?? written);
  return requestsOf({
    target: {
      command: text,
      cwd: folder,
      env: variablesOf(command, env),
      service: undefined,
      isOwnCode: false,
    },
    wishes: instance === undefined ? {} : { instance },
    project: await loadProjectConfig(folder, worktree.path, {
      code: 'known',
      trusted: styxyPaths(env).trusted,
      // What it says is not known then, and neither are the ports.
      unread: (file) => {
        throw new Error(`${file} was not read`);
      },
    }),
    worktree,
    tool: plan,
    command: text,
    hasOneInnerRun: false,
  });
}
