import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { sessionInstance } from '../../client/instance.ts';
import type { AgentContract, Decision, HookEvent } from '../../hook/agents/contract.ts';
import { type CommandFacts, decideRewrite, understand } from '../../hook/decide.ts';
import { type Line, type LineCommand, type Setting, variablesOf } from '../../hook/line/command.ts';
import { type InnerText, targetsIn } from '../../hook/guard/commands.ts';
import { describeServers } from '../../hook/describe.ts';
import { type OpenProject, withLibrary } from '../../run/plan/library.ts';
import { styxyPaths, userHome } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { PortPlan } from '../../tools/plan.ts';
import { planPort } from '../../tools/port-plan.ts';
import { withCode } from '../../tools/sources/inline.ts';
import { programsOf } from '../../tools/programs.ts';
import { parseShell } from '../../tools/text/shell-parser.ts';
import { insideQuotes } from '../../tools/text/word.ts';
import type { Server } from './expected-ports.ts';
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
  const paths = styxyPaths(env);
  const program = programWord(agent, env, paths.root);
  // What is read of the project is read once, for the guard and for the rewrite.
  const { targets, decision, servers } = await withLibrary(
    (opened) => {
      const open = afterWriting(line.files, cwd, opened);
      const planOf = planner(cwd, open, env);
      const textsBehindCommand = (command: LineCommand) => textsBehind(command, cwd, open);
      const ending = targetsIn(line, { parseShell, setting, textsBehind: textsBehindCommand });
      const wrapped: Server[] = [];
      const facts: CommandFacts = {
        parseShell,
        setting,
        program,
        binds: (command) => everywhere(command).some((each) => bindsPort(planOf(each))),
        permissions: () => readPermissions(env, cwd),
        onWrapped: (commands) =>
          wrapped.push(
            ...commands
              .flatMap(everywhere)
              .map((command) => ({ command, plan: planOf(command) }))
              .filter(({ plan }) => bindsPort(plan)),
          ),
      };
      return { targets: ending, decision: decideRewrite(event, line, facts), servers: wrapped };
    },
    { shell: parseShell, tools: {} },
  );
  const reason = await guard(targets, { agent, event, env, cwd, program });
  if (reason !== undefined) return { kind: 'deny', reason };
  if (decision.kind !== 'rewrite') return decision;
  const instance = env.STYXY_INSTANCE || sessionInstance(agent.prefix, event.sessionId ?? '');
  // Without a daemon nothing is loaded to ask one.
  const expected = existsSync(paths.pid)
    ? await (await import('./expected-ports.ts')).expectedPorts(servers, { cwd, env, instance })
    : undefined;
  const names = [...new Set(servers.map(({ plan }) => plan.identity.name))];
  return { ...decision, context: describeServers(names, expected, program) };
}

const bindsPort = ({ programs }: PortPlan): boolean => programs.some(({ binds }) => binds === 'yes');

/** A command of a loop, as it runs in each of its folders. */
const everywhere = (command: LineCommand): LineCommand[] =>
  command.dirs?.map((dir) => ({ ...command, dir, dirs: undefined })) ?? [command];

function settingIn(cwd: string, env: NodeJS.ProcessEnv): Setting {
  const { repository, path } = findWorktree(cwd);
  const project = env.CLAUDE_PROJECT_DIR;
  return {
    variables: {
      HOME: userHome(),
      PWD: cwd,
      ...(env.USER && { USER: env.USER }),
      ...(project && { CLAUDE_PROJECT_DIR: project }),
    },
    repository: repository === null ? undefined : path,
  };
}

/** The files of a folder as they will be once the line has written its own. */
function afterWriting(files: Line['files'], cwd: string, open: OpenProject): OpenProject {
  if (files.size === 0) return open;
  const texts = new Map([...files].map(([path, text]) => [resolve(cwd, path), text]));
  return (folder) => {
    const project = open(folder);
    return { ...project, readFile: (path) => texts.get(resolve(folder, path)) ?? project.readFile(path) };
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
function planner(cwd: string, open: OpenProject, env: NodeJS.ProcessEnv): (command: LineCommand) => PortPlan {
  const plans = new Map<LineCommand, PortPlan>();
  return (command) => {
    const { words, dir = '.', inputText } = command;
    const argv = words.map(({ value, text }) => value ?? insideQuotes(text) ?? text);
    const project = { ...open(resolve(cwd, dir)), env: variablesOf(command, env) };
    const plan =
      plans.get(command) ?? planPort(inputText === undefined ? argv : withCode(argv, inputText), project);
    plans.set(command, plan);
    return plan;
  };
}
