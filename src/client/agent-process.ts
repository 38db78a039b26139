import { processDescriber } from '../system/process/identity.ts';
import { ancestorsOf } from '../system/process/tree.ts';

/** What stands between an agent and a program of its settings: shells, and what starts programs of packages. */
const BETWEEN =
  /^-?(.*\/)?(sh|bash|dash|zsh|ksh|fish|busybox|env|timeout|npm|npx|bunx|cmd|powershell|pwsh)(\.exe)?$/;

/**
 * The process of the agent that has started this one: the first above us that is no shell, or the launcher around that.
 * Only Claude Code tells it.
 * @returns undefined when there is none
 */
export function agentProcess(env: NodeJS.ProcessEnv, prefix?: string): number | undefined {
  const told = env.CLAUDE_PID ?? '';
  if (prefix === 'claude' && /^\d+$/.test(told)) return Number(told);
  const describe = processDescriber();
  const above = ancestorsOf(process.pid).map((pid) => ({ pid, command: describe(pid)?.command ?? '' }));
  const start = above.findIndex(({ command }) => isProgram(command));
  const [inner, ...outer] = above.slice(Math.max(start, 0));
  if (start < 0 || !inner) return undefined;
  const other = outer.findIndex(
    ({ command }) => !isProgram(command) || lastName(command) !== lastName(inner.command),
  );
  return (other < 0 ? outer : outer.slice(0, other)).at(-1)?.pid ?? inner.pid;
}

function isProgram(command: string): boolean {
  const [program = ''] = command.split(' ');
  return program !== '' && !BETWEEN.test(program);
}

/** `node bin/codex exec x` starts `vendor/codex exec x`, and `node gemini` itself with more memory: both end alike. */
const lastName = (command: string): string | undefined =>
  command.split(/[ /\\]/).findLast((part) => part !== '');
