import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { AgentContract, Decision, HookEvent } from '../../hook/agents/contract.ts';
import { type CommandFacts, decideRewrite, understand } from '../../hook/decide.ts';
import type { LineCommand, Setting } from '../../hook/line/command.ts';
import { type InnerText, targetsIn } from '../../hook/guard/commands.ts';
import { type OpenProject, withLibrary } from '../../run/plan/library.ts';
import { styxyPaths } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { PortPlan } from '../../tools/plan.ts';
import { planPort } from '../../tools/port-plan.ts';
import { programsOf } from '../../tools/programs.ts';
import { parseShell } from '../../tools/text/shell-parser.ts';
import { guard } from './guard.ts';
import { readPermissions } from './permission-files.ts';
import { programWord } from './program-word.ts';

/** What to answer when an agent is about to run a command. */
export async function beforeCommand(
  agent: AgentContract,
  event: HookEvent,
  env: NodeJS.ProcessEnv,
): Promise<Decision> {
  const cwd = resolve(event.cwd || '.');
  const setting = settingIn(cwd, env);
  const line = understand(event, { parseShell, setting });
  if (line === undefined) return { kind: 'silent' };
  const program = programWord(agent, env, styxyPaths(env).root);
  // What is read of the project is read once, for the guard and for the rewrite.
  const { targets, decision } = await withLibrary(
    (open) => {
      const planOf = planner(cwd, open);
      const textsBehindCommand = (command: LineCommand) => textsBehind(command, cwd, open);
      const ending = targetsIn(line, { parseShell, setting, textsBehind: textsBehindCommand });
      const facts: CommandFacts = {
        parseShell,
        setting,
        program,
        binds: (command) => planOf(command).programs.some(({ binds }) => binds === 'yes'),
        permissions: () => readPermissions(env, cwd),
        describe: (servers) => describeServers(servers.map(planOf), program),
      };
      return { targets: ending, decision: decideRewrite(event, line, facts) };
    },
    { shell: parseShell, tools: {} },
  );
  const reason = await guard(targets, { agent, event, env, cwd, program });
  return reason === undefined ? decision : { kind: 'deny', reason };
}

function settingIn(cwd: string, env: NodeJS.ProcessEnv): Setting {
  const { repository } = findWorktree(cwd);
  const project = env.CLAUDE_PROJECT_DIR;
  return {
    variables: { HOME: homedir(), PWD: cwd, ...(project && { CLAUDE_PROJECT_DIR: project }) },
    repository: repository === null ? undefined : findWorktree(cwd).path,
  };
}

/** The package scripts that a command runs. */
function textsBehind(command: LineCommand, cwd: string, open: OpenProject): InnerText[] {
  const folder = resolve(cwd, command.dir ?? '.');
  const found = programsOf({ ...command, dir: '.' }, open(folder)).flatMap(
    ({ command: { words, dir } }): InnerText[] => {
      const source = words[0]?.source;
      const isScript = source?.kind === 'script' && source !== command.words[0]?.source;
      return isScript ? [{ text: source.text, dir: dir && resolve(folder, dir) }] : [];
    },
  );
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

/** What a command starts; asked once for the decision, and again for the words about it. */
function planner(cwd: string, open: OpenProject): (command: LineCommand) => PortPlan {
  const plans = new Map<LineCommand, PortPlan>();
  return (command) => {
    const { words, dir = '.' } = command;
    const plan =
      plans.get(command) ??
      planPort(
        words.map(({ value, text }) => value ?? text),
        open(resolve(cwd, dir)),
      );
    plans.set(command, plan);
    return plan;
  };
}

function describeServers(plans: readonly PortPlan[], program: string): string {
  const names = [...new Set(plans.map(({ identity }) => identity.name))];
  const urls = names.map((name) => `${program} url ${name}`).join(', ');
  return (
    `Styxy gives this command a port of its own, which may not be its usual one: don't guess it. ` +
    `Its address: ${urls} (after ${program} wait ${names[0]}). What runs here already: ${program} list.`
  );
}
