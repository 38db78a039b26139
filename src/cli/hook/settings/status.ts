import { agentNamed } from '../../../hook/agents/table.ts';
import { isOurs } from '../../../hook/install/command.ts';
import { readSmallText } from '../../../system/files/read-text.ts';
import type { Context } from '../../context.ts';
import { type DryCall, dryCall, startsInLoginShell } from './dry-call.ts';
import { type HookFlags, type HookTarget, hookTargets } from './target.ts';

interface HookStatus {
  scope: string;
  file: string;
  installed: boolean;
  /** Of this Styxy, and not of one that has moved since. */
  current: boolean;
  ok: boolean;
  detail: string;
}

/** Exit code 1 when there is no hook that works. */
export function execute(context: Context, flags: HookFlags): number {
  const targets = hookTargets(context, flags);
  const all = targets.map(statusOf);
  const agent = flags.agent!;
  const ok = all.some((each) => each.installed) && all.every((each) => !each.installed || each.ok);
  const afterwards = targets[0]?.layout.afterwards ?? null;
  if (flags.json) context.out.json({ agent, ok, hooks: all, afterwards });
  else {
    for (const { scope, file, installed, detail } of all)
      context.out.line(`${scope.padEnd(8)} ${installed ? detail : 'no hook'}  ${file}`);
    if (ok && afterwards !== null) context.out.note(`styxy: ${afterwards}`);
  }
  return ok ? 0 : 1;
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
