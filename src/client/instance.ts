import { LEASE_MARKER } from '../protocol/lease-marker.ts';
import type { AllocateBody } from '../protocol/requests/allocate.ts';

/** What the command of a run is told when the run belongs to no instance. */
export const DEFAULT_INSTANCE = 'main';

/** An agent whose sessions can be told apart by what it puts into the environment of its commands. */
interface Agent {
  readonly prefix: string;
  readonly session: string;
  /** Where it names its own process. */
  readonly pid?: string;
}

const AGENTS: readonly Agent[] = [
  { prefix: 'claude', session: 'CLAUDE_CODE_SESSION_ID', pid: 'CLAUDE_PID' },
  { prefix: 'codex', session: 'CODEX_THREAD_ID' },
  { prefix: 'gemini', session: 'GEMINI_SESSION_ID' },
];
/** Enough to tell the sessions of one machine apart, and to read. */
const ID_LENGTH = 8;

/**
 * The instance that a request belongs to: the one that was named, or STYXY_INSTANCE, or the agent's session that runs
 * this command. Only the ids are taken from the environment; whether the process is what it says, the daemon checks.
 * @param asker the process that asks, a child of the session
 */
export function instanceOf(
  env: NodeJS.ProcessEnv,
  named?: string,
  asker: number = process.pid,
): Pick<AllocateBody, 'instance_id' | 'session'> {
  const session = agentSession(env, asker);
  // A run tells its command an instance also where it has none: that one is nobody's session.
  const isDefault = env.STYXY_INSTANCE === DEFAULT_INSTANCE && env[LEASE_MARKER] !== undefined;
  const id = named ?? (isDefault ? undefined : env.STYXY_INSTANCE || undefined);
  // What a run passes on to its command is the same session, and may be told with its process again.
  return id === undefined || id === session.instance_id ? session : { instance_id: id };
}

/** The instance of an agent's session; undefined when the session has no name. */
export function sessionInstance(prefix: string, session: string): string | undefined {
  const plain = session.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
  // A UUID of version 7 (RFC 9562) begins with the time: sessions of one minute differ in its end only.
  const isOrdered = plain.length === 32 && plain[12] === '7';
  const id = isOrdered ? plain.slice(-ID_LENGTH) : plain.slice(0, ID_LENGTH);
  return id === '' ? undefined : `${prefix}-${id}`;
}

function agentSession(env: NodeJS.ProcessEnv, asker: number): ReturnType<typeof instanceOf> {
  for (const agent of AGENTS) {
    const id = sessionInstance(agent.prefix, env[agent.session] ?? '');
    if (id === undefined) continue;
    const pid = Number(env[agent.pid ?? ''] ?? NaN);
    return {
      instance_id: id,
      ...(Number.isInteger(pid) && pid > 0 && { session: { process_id: pid, asked_by: asker } }),
    };
  }
  return {};
}
