import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StyxyError } from '../../../base/styxy-error.ts';
import { hookCommand } from '../../../hook/install/command.ts';
import { LAYOUTS, type Layout, type Scope, SCOPES } from '../../../hook/install/layout.ts';
import { packageRoot } from '../../../system/package-root.ts';
import { findWorktree } from '../../../system/worktree.ts';
import type { Context } from '../../context.ts';
import { agentsHere } from './agents-here.ts';

export interface HookFlags {
  agent?: string;
  scope?: Scope;
  json?: boolean;
}

/** One agent's settings of one scope. */
export interface HookTarget {
  agent: string;
  scope: Scope;
  file: string;
  layout: Layout;
  /** What its hooks are to run. */
  command: string;
  /** The text that a file of its own is made from. */
  template: string;
}

/** @throws StyxyError USAGE */
export function hookTarget(context: Context, { agent, scope = 'user' }: HookFlags): HookTarget {
  const layout = agent === undefined ? undefined : LAYOUTS[agent];
  if (agent === undefined || layout === undefined) {
    throw new StyxyError('USAGE', agent === undefined ? 'which agent?' : `there is no hook for "${agent}"`, {
      hint: agentHint(context),
    });
  }
  const file = fileOf(layout, scope, context);
  if (file === undefined) {
    throw new StyxyError('USAGE', `${agent} has no settings of the scope "${scope}"`, {
      hint: 'give --scope user or --scope project',
    });
  }
  const here = { root: packageRoot(), node: process.execPath, isWindows: process.platform === 'win32' };
  return {
    agent,
    scope,
    file,
    layout,
    command: hookCommand(agent, scope, here),
    template: templateOf(layout),
  };
}

/** The agents of this machine that have settings of that scope. */
export function agentsWith(context: Context, scope: Scope | undefined): string[] {
  const all = agentsHere(context);
  return scope === undefined
    ? all
    : all.filter((agent) => fileOf(LAYOUTS[agent]!, scope, context) !== undefined);
}

function fileOf({ file }: Layout, scope: Scope, { env, cwd }: Context): string | undefined {
  return file(scope, { home: homedir(), project: findWorktree(cwd).path, env });
}

/** Those of this machine first. */
function agentHint(context: Context): string {
  const here = agentsHere(context);
  const others = Object.keys(LAYOUTS).filter((name) => !here.includes(name));
  if (here.length === 0) return `give --agent ${others.join(', ')}`;
  return `give --agent ${here.join(' or ')} (on this machine)${others.length > 0 ? `, or one of ${others.join(', ')}` : ''}`;
}

function templateOf({ content }: Layout): string {
  if (content.kind !== 'own' || content.template === undefined) return '';
  return readFileSync(join(packageRoot(), 'hooks', content.template), 'utf8');
}

/** All scopes that the agent has, or the one that was given. */
export function hookTargets(context: Context, flags: HookFlags): HookTarget[] {
  if (flags.scope !== undefined) return [hookTarget(context, flags)];
  const all = SCOPES.filter((scope) => scope !== 'local' || flags.agent === 'claude-code').map((scope) =>
    hookTarget(context, { ...flags, scope }),
  );
  // In the home itself the user's file is the project's too.
  return all.filter(({ file }, at) => all.findIndex((each) => each.file === file) === at);
}
