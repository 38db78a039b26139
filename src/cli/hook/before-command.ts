import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { AgentContract, Decision, HookEvent } from '../../hook/agents/contract.ts';
import { type CommandFacts, decideRewrite, understand } from '../../hook/decide.ts';
import type { LineCommand, Setting } from '../../hook/line/command.ts';
import type { InnerText } from '../../hook/guard/commands.ts';
import { openProject, type OpenProject, withLibrary } from '../../run/plan/library.ts';
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
  const reader = { parseShell, setting, textsBehind: (command: LineCommand) => textsBehind(command, cwd) };
  const reason = await guard(line, reader, { agent, event, env, cwd, program });
  if (reason !== undefined) return { kind: 'deny', reason };
  return withLibrary((open) => {
    const facts: CommandFacts = {
      parseShell,
      setting,
      program,
      binds: (command) => planOf(command, cwd, open).programs.some(({ binds }) => binds === 'yes'),
      permissions: () => readPermissions(env, cwd),
      describe: (servers) => describeServers(servers, program, cwd, open),
    };
    return decideRewrite(event, line, facts);
  });
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
function textsBehind(command: LineCommand, cwd: string): InnerText[] {
  const folder = resolve(cwd, command.dir ?? '.');
  const project = openProject(folder)({ shell: parseShell, tools: {} }, new Set());
  const found = programsOf({ ...command, dir: '.' }, project).flatMap(
    ({ command: { words, dir } }): InnerText[] => {
      const source = words[0]?.source;
      const isScript = source?.kind === 'script' && source !== command.words[0]?.source;
      return isScript ? [{ text: source.text, dir: dir && resolve(folder, dir) }] : [];
    },
  );
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

function planOf({ words, dir = '.' }: LineCommand, cwd: string, open: OpenProject): PortPlan {
  return planPort(
    words.map(({ value, text }) => value ?? text),
    open(resolve(cwd, dir)),
  );
}

function describeServers(
  servers: readonly LineCommand[],
  program: string,
  cwd: string,
  open: OpenProject,
): string {
  const names = [...new Set(servers.map((server) => planOf(server, cwd, open).identity.name))];
  const urls = names.map((name) => `${program} url ${name}`).join(', ');
  return (
    `Styxy gives this command a port of its own, which may not be its usual one: don't guess it. ` +
    `Its address: ${urls} (after ${program} wait ${names[0]}). What runs here already: ${program} list.`
  );
}
