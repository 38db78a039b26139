import { type Command, Option } from 'commander';
import { AGENTS } from '../../hook/agents/table.ts';
import { SCOPES } from '../../hook/install/layout.ts';
import { jsonOption, type Define } from '../words/define.ts';

const EXAMPLE = 'styxy hook install --agent claude-code';
const SCOPE_MEANING = {
  install: 'which of its settings (default: user)',
  uninstall: 'only these settings',
  status: 'only these settings',
  print: 'which of its settings (default: user)',
} as const;

const WHOSE = {
  install: 'whose',
  uninstall: 'whose',
  status: 'whose (default: all that are on this machine)',
  print: 'whose',
} as const;

/** Commands for coding agents: what their hooks run. */
export function defineHook(define: Define, program: Command): void {
  program.commandsGroup('For coding agents:');
  const hook = program
    .command('hook')
    .description('put the servers that a coding agent starts on ports of their own');
  const commands = [
    ['install', "put hooks into an agent's settings", () => import('./settings/install.ts')],
    ['uninstall', 'take them out again', () => import('./settings/uninstall.ts')],
    ['status', 'are they there, and do they work?', () => import('./settings/status.ts')],
    ['print', 'what install would write', () => import('./settings/print.ts')],
  ] as const;
  for (const [name, description, load] of commands) {
    define(hook, name, description, EXAMPLE.replace('install', name), load)
      .addOption(new Option('--agent <agent>', WHOSE[name]).choices(AGENTS.map((agent) => agent.name)))
      .addOption(new Option('--scope <scope>', SCOPE_MEANING[name]).choices(SCOPES))
      .addOption(jsonOption());
  }
  for (const { name } of AGENTS) {
    define(
      hook,
      name,
      `answer an event of ${name}: its JSON on stdin, ours on stdout, and always exit code 0`,
      'styxy hook claude-code < event.json'.replace('claude-code', name),
      async () => {
        const { printAnswer } = await import('./answer.ts');
        return { execute: ({ env }) => printAnswer(name, env) };
      },
    );
  }
}
