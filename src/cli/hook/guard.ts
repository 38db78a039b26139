import { resolve } from 'node:path';
import { instanceOf, sessionInstance } from '../../client/instance.ts';
import type { AgentContract, HookEvent } from '../../hook/agents/contract.ts';
import { denialOf } from '../../hook/guard/judge.ts';
import type { Target } from '../../hook/guard/target.ts';
import { readSmallText } from '../../system/files/read-text.ts';
import { ownUserName } from '../../system/process/users.ts';
import { findWorktree } from '../../system/worktree.ts';

/** What the guard needs to know about the asking session. */
export interface Asker {
  agent: AgentContract;
  event: HookEvent;
  env: NodeJS.ProcessEnv;
  cwd: string;
  program: string;
}

/** Why the line must not run: it would end servers of others. The daemon is asked only when the line ends something. */
export async function guard(targets: readonly Target[], asker: Asker): Promise<string | undefined> {
  if (targets.length === 0) return undefined;
  const { agent, event, env, cwd, program } = asker;
  // Most lines end nothing, and load nothing of what asks the daemon.
  const { leasedServers, instancesOf } = await import('./leased-servers.ts');
  return denialOf(targets, {
    own: [
      instanceOf(env).instance_id,
      sessionInstance(agent.prefix, event.sessionId ?? ''),
      ...(await instancesOf(agent.prefix, env)),
    ],
    servers: await leasedServers(env),
    program,
    isOwnUser: (user) => user === ownUserName() || user === String(process.getuid?.()),
    readPid: (path, dir) => (dir === undefined ? undefined : pidIn(resolve(cwd, dir, path))),
    worktreeOf: (dir) => (dir === undefined ? undefined : findWorktree(resolve(cwd, dir)).path),
  });
}

function pidIn(file: string): number | undefined {
  const [pid] = /^\d+/.exec(readSmallText(file)?.trim() ?? '') ?? [];
  return pid === undefined ? undefined : Number(pid);
}
