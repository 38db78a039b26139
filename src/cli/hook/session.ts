import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { agentProcess } from '../../client/agent-process.ts';
import { createConnection, mayStartDaemon } from '../../client/connection.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import { instanceOf, sessionInstance } from '../../client/instance.ts';
import { spawnRegistration } from '../../client/spawn-daemon.ts';
import type { AgentContract, HookEvent } from '../../hook/agents/contract.ts';
import { welcome } from '../../hook/welcome.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { daemonEvents } from '../../run/leases/daemon-events.ts';
import { endLease } from '../../run/leases/end-lease.ts';
import { styxyPaths } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import { programWord } from './program-word.ts';
import { within } from './time-limit.ts';

/** A session begins while a person waits for it. */
const START_LIMIT_MS = 1000;
/** Claude Code gives all hooks of an ending session 1.5 s together. */
const END_LIMIT_MS = 1100;

/**
 * A session begins: its instance is registered, its commands learn its name, and the agent is told what runs in its
 * worktree. A daemon that is not there is started, and not waited for.
 */
export async function sessionStarted(
  agent: AgentContract,
  event: HookEvent,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, unknown> | undefined> {
  const id = instanceIn(agent, event, env);
  if (id === undefined) return undefined;
  if (env.CLAUDE_ENV_FILE) appendFileSync(env.CLAUDE_ENV_FILE, `export STYXY_INSTANCE=${id}\n`);
  const { coordinator, paths } = daemonOf(env);
  const worktree = findWorktree(resolve(event.cwd || '.')).path;
  // An instance with a name of its own is somebody else's as well, and does not end with this agent.
  const own = env.STYXY_INSTANCE ? undefined : agentProcess(env, agent.prefix);
  const about = {
    instance_id: id,
    working_directory: worktree,
    ...(own !== undefined && { process_id: own, metadata: { agent: agent.name } }),
  };
  const registered = await within(START_LIMIT_MS, coordinator.registerInstance(about));
  if (registered === undefined && mayStartDaemon(env))
    await spawnRegistration(about, paths, env).catch(() => undefined);
  const listed = registered && (await within(START_LIMIT_MS, coordinator.list({ project: worktree })));
  const program = programWord(agent, env, paths.root);
  return agent.welcome(welcome(listed?.allocations ?? [], id, program));
}

/**
 * A session ends: what it started ends too, unless the user keeps it or the agent goes on under another id. What takes
 * longer than the agent waits is left to the daemon, which does it when the agent's process has gone.
 */
export async function sessionEnded(
  agent: AgentContract,
  event: HookEvent,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const id = env.STYXY_INSTANCE ? undefined : instanceIn(agent, event, env);
  if (id === undefined || event.goesOn === true) return;
  const { coordinator } = daemonOf(env);
  const ending = async (): Promise<void> => {
    const { config } = await coordinator.config();
    if (config.on_session_death !== 'keep')
      await endLeases(
        env,
        'the end of the agent session that started it',
        (lease) => lease.instance_id === id,
      );
    await coordinator.removeInstance(id);
  };
  await within(END_LIMIT_MS, ending());
}

/** A worktree is gone: nothing can run in it any longer. */
export async function worktreeRemoved({ folder }: HookEvent, env: NodeJS.ProcessEnv): Promise<void> {
  if (folder === undefined || folder === '') return;
  const gone = resolve(folder);
  const isThere = ({ project_path: path }: Allocation): boolean =>
    path === gone || path?.startsWith(`${gone}/`) === true;
  await within(END_LIMIT_MS, endLeases(env, 'the removal of its worktree', isThere));
}

async function endLeases(
  env: NodeJS.ProcessEnv,
  by: string,
  isMeant: (lease: Allocation) => boolean,
): Promise<void> {
  const { coordinator, connection } = daemonOf(env);
  const { allocations } = await coordinator.list();
  const leases = { coordinator, changes: daemonEvents(connection), by };
  await Promise.all(allocations.filter(isMeant).map((lease) => endLease(leases, lease)));
}

/** The daemon, if it runs. */
function daemonOf(env: NodeJS.ProcessEnv) {
  const paths = styxyPaths(env);
  const connection = createConnection({ paths, env, autostart: false });
  return { paths, connection, coordinator: createHttpCoordinator(connection) };
}

function instanceIn(
  { prefix }: AgentContract,
  { sessionId }: HookEvent,
  env: NodeJS.ProcessEnv,
): string | undefined {
  return env.STYXY_INSTANCE || sessionInstance(prefix, sessionId ?? '') || instanceOf(env).instance_id;
}
