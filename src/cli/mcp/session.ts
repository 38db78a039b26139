import { agentProcess } from '../../client/agent-process.ts';
import { instanceOf } from '../../client/instance.ts';
import { ancestorsOf } from '../../system/process/tree.ts';
import type { Context } from '../context.ts';

/** Whom the server works for. */
export interface Session {
  /** In whose name ports are leased. */
  id: string;
  /** Every instance that this agent has had: `/clear` gives it another name. */
  own: readonly string[];
}

/**
 * The agent's session: the one that the environment names, or its hook has registered, or, where there is no hook, one
 * that is registered now and lives as long as the agent's process.
 * @param client how the agent calls itself
 */
export async function currentSession(
  { coordinator, env, cwd }: Pick<Context, 'coordinator' | 'env' | 'cwd'>,
  client: string,
): Promise<Session> {
  const named = instanceOf(env).instance_id;
  const above = ancestorsOf(process.pid);
  const { instances } = await coordinator.listInstances();
  const ofAgents = instances.filter(({ metadata }) => metadata.agent !== undefined);
  // The innermost agent comes first, and of its sessions the latest.
  const [innermost] = above.filter((pid) => ofAgents.some(({ process_id: each }) => each === pid));
  const own = ofAgents.filter(({ process_id: pid }) => pid === innermost && pid !== undefined);
  const ids = own.map(({ instance_id: id }) => id).toReversed();
  if (named !== undefined) return { id: named, own: [named, ...ids] };
  if (ids[0] !== undefined) return { id: ids[0], own: ids };
  const pid = agentProcess(env) ?? process.pid;
  const { instance_id: id } = await coordinator.registerInstance({
    instance_id: `${plainName(client)}-${pid}`,
    working_directory: cwd,
    process_id: pid,
    metadata: { agent: client.slice(0, 64) || 'mcp' },
  });
  return { id, own: [id] };
}

/** As instances may be called. */
const plainName = (client: string): string =>
  client
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40) || 'mcp';
