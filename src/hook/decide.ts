import type { ParseShell } from '../tools/text/shell-parser.ts';
import type { Decision, HookEvent } from './agents/contract.ts';
import type { Line, LineCommand, Setting } from './line/command.ts';
import { readLine } from './line/read.ts';
import type { Rules } from './permissions/rule.ts';
import { judge, entersSandbox } from './permissions/verdict.ts';
import { type BindsPort, wrapServers } from './wrap.ts';

/** What the decision on a command needs to know; asked for only when it matters. */
export interface CommandFacts {
  parseShell: ParseShell;
  setting: Setting;
  binds: BindsPort;
  /** The program to insert, as the agent's shell finds it and quoted for it. */
  program: string;
  permissions(): Permissions;
  /** Told which commands were wrapped, when they will be. */
  onWrapped(servers: readonly LineCommand[]): void;
}

export interface Permissions {
  rules: Rules;
  /** What runs outside of the sandbox; empty when there is no sandbox. */
  excludedCommands: readonly string[];
}

/** A longer line is no command that somebody typed. */
const LONGEST = 20_000;
const SILENT: Undescribed = { kind: 'silent' };

type Rewrite = Extract<Decision, { kind: 'rewrite' }>;
/** A decision before anybody was asked which ports the servers would get. */
export type Undescribed = Exclude<Decision, Rewrite> | Omit<Rewrite, 'context'>;

/** The commands of an agent's line; undefined when it is not for us to understand. */
export function understand(
  event: HookEvent,
  { parseShell, setting }: Pick<CommandFacts, 'parseShell' | 'setting'>,
): Line | undefined {
  const { command } = event;
  if (command.length > LONGEST || command.includes('\0')) return undefined;
  return readLine(command, parseShell, setting);
}

/** Whether the line is to run with its servers wrapped. Silent whenever anything is unclear. */
export function decideRewrite(event: HookEvent, line: Line, facts: CommandFacts): Undescribed {
  const text = event.command;
  const wrapped = wrapServers(text, line.commands, `${facts.program} run -- `, facts);
  if (wrapped === undefined) return SILENT;
  const { rules, excludedCommands } = facts.permissions();
  const verdict = judge(text, line, rules);
  if (verdict === 'hands-off') return SILENT;
  const rewritten = readLine(wrapped.text, facts.parseShell, facts.setting);
  if (rewritten === undefined) return SILENT;
  if (entersSandbox({ text, line }, { text: wrapped.text, line: rewritten }, excludedCommands)) return SILENT;
  facts.onWrapped(wrapped.commands);
  return {
    kind: 'rewrite',
    command: wrapped.text,
    isAllowed: verdict === 'allowed' && event.input.dangerouslyDisableSandbox !== true,
  };
}
