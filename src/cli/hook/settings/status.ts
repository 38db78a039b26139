import { agentNamed } from '../../../hook/agents/table.ts';
import { isOurs } from '../../../hook/install/command.ts';
import { readSmallText } from '../../../system/files/read-text.ts';
import type { Context } from '../../context.ts';
import { type DryCall, dryCall, startsInLoginShell } from './dry-call.ts';
import { agentsWith, type HookFlags, type HookTarget, hookTargets } from './target.ts';

interface HookStatus {
  scope: string;
  file: string;
  installed: boolean;
  /** Of this Styxy, and not of one that has moved since. */
  current: boolean;
  ok: boolean;
  detail: string;
}

interface AgentStatus {
  agent: string;
  ok: boolean;
  hooks: HookStatus[];
  afterwards: string | null;
}

/** Exit code 1 when there is no hook that works, or one that does not. */
export function execute(context: Context, flags: HookFlags): number {
  return flags.agent === undefined ? ofAll(context, flags) : ofOne(context, flags, flags.agent);
}

function ofOne(context: Context, flags: HookFlags, agent: string): number {
  const { out } = context;
  const status = agentStatus(agent, hookTargets(context, flags));
  if (flags.json) out.json(status);
  else print(out, status, 0);
  return status.ok ? 0 : 1;
}

/** Of all agents that are on this machine. */
function ofAll(context: Context, flags: HookFlags): number {
  const { out } = context;
  const agents = agentsWith(context, flags.scope).map((agent) =>
    agentStatus(agent, hookTargets(context, { ...flags, agent })),
  );
  const hooks = agents.flatMap((each) => each.hooks).filter(({ installed }) => installed);
  const ok = hooks.length > 0 && hooks.every((each) => each.ok);
  if (flags.json) out.json({ ok, agents });
  else {
    const width = Math.max(...agents.map(({ agent }) => agent.length + 1));
    for (const each of agents) print(out, each, width);
    if (agents.length === 0)
      out.note('styxy: no coding agent was found on this machine; --agent <agent> names one');
    else if (hooks.length === 0) out.note('styxy: styxy hook install --agent <agent> puts a hook there');
  }
  return ok ? 0 : 1;
}

/** @param width of the column that names the agent; 0: none */
function print(out: Context['out'], { agent, ok, hooks, afterwards }: AgentStatus, width: number): void {
  for (const { scope, file, detail } of hooks)
    out.line(`${(width > 0 ? agent : '').padEnd(width)}${scope.padEnd(8)} ${detail}  ${file}`);
  if (ok && afterwards !== null) out.note(`styxy: ${width > 0 ? `${agent}: ` : ''}${afterwards}`);
}

function agentStatus(agent: string, targets: readonly HookTarget[]): AgentStatus {
  const hooks = targets.map(statusOf);
  const ok = hooks.some(({ installed }) => installed) && hooks.every((each) => !each.installed || each.ok);
  return { agent, ok, hooks, afterwards: targets[0]?.layout.afterwards ?? null };
}

function statusOf({ agent, scope, file, command }: HookTarget): HookStatus {
  const text = textOf(file);
  const installed = isOurs(text);
  const current = text.includes(JSON.stringify(command).slice(1, -1));
  if (!installed) return { scope, file, installed, current, ok: false, detail: 'no hook' };
  if (!current) {
    const detail = 'the hook is of another Styxy: run styxy hook install again';
    return { scope, file, installed, current, ok: false, detail };
  }
  const call = inShell(agent, dryCall(agent, command));
  return {
    scope,
    file,
    installed,
    current,
    ok: call.ok,
    detail: call.ok ? `works: ${call.detail}` : call.detail,
  };
}

function inShell(agent: string, call: DryCall): DryCall {
  const { program } = call;
  if (program === null || agentNamed(agent)?.usesLoginShell !== true || startsInLoginShell(program))
    return call;
  return { ok: false, program, detail: `a login shell can't start ${program}` };
}

const textOf = (file: string): string => readSmallText(file) ?? '';
