import { processDescriber } from '../system/process/identity.ts';
import { ancestorsOf } from '../system/process/tree.ts';

/** What stands between an agent and a program of its settings: shells, and what starts programs of packages. */
const BETWEEN =
  /^-?(.*\/)?(sh|bash|dash|zsh|ksh|fish|busybox|env|timeout|npm|npx|bunx|cmd|powershell|pwsh)(\.exe)?$/;

/**
 * The process of the agent that has started this one: the first above us that is no shell. Only Claude Code tells it.
 * @returns undefined when there is none
 */
export function agentProcess(env: NodeJS.ProcessEnv, prefix?: string): number | undefined {
  const told = env.CLAUDE_PID ?? '';
  if (prefix === 'claude' && /^\d+$/.test(told)) return Number(told);
  const describe = processDescriber();
  return ancestorsOf(process.pid).find((pid) => {
    const [program] = (describe(pid)?.command ?? '').split(' ');
    return program !== undefined && program !== '' && !BETWEEN.test(program);
  });
}
