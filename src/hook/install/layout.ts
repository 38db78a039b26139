/** Whose settings: the user's own, those a project shares, or the user's own ones for one project. */
export type Scope = 'user' | 'project' | 'local';
export const SCOPES: readonly Scope[] = ['user', 'project', 'local'];

/** Folders of this machine. */
export interface Places {
  home: string;
  project: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Where one agent keeps its hooks, and in which form. */
export interface Layout {
  /** undefined: it has no settings of this scope. */
  file(scope: Scope, places: Places): string | undefined;
  content: ListedHooks | OwnFile;
  /** What the user must do before the agent runs them. */
  afterwards?: string;
}

/** Items in lists of the agent's settings file. */
export interface ListedHooks {
  kind: 'listed';
  /** Each event's list, and the item for it. */
  items(command: string): readonly { path: readonly [string, ...string[]]; item: unknown }[];
  /** What a file that is made for them must hold as well. */
  base: Readonly<Record<string, unknown>>;
}

/** A file of its own. */
export interface OwnFile {
  kind: 'own';
  /** The file in our `hooks` folder that it is made from. */
  template?: string;
  text(command: string, template: string): string;
}

const entry = (command: string, timeout: number, more: object = {}) => ({
  type: 'command',
  command,
  timeout,
  ...more,
});

/** Claude Code and Codex: seconds. Codex gives a hook of an ending session at most 3. */
const claudeItems = (events: Readonly<Record<string, string | undefined>>) => (command: string) =>
  Object.entries(events).map(([event, matcher]) => ({
    path: ['hooks', event] as const,
    item: {
      ...(matcher !== undefined && { matcher }),
      hooks: [entry(command, event === 'SessionEnd' ? 3 : 10)],
    },
  }));

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'claude-code': {
    file: (scope, { home, project, env }) =>
      ({
        user: `${env.CLAUDE_CONFIG_DIR || `${home}/.claude`}/settings.json`,
        project: `${project}/.claude/settings.json`,
        local: `${project}/.claude/settings.local.json`,
      })[scope],
    content: {
      kind: 'listed',
      items: claudeItems({
        PreToolUse: 'Bash|Monitor',
        SessionStart: undefined,
        SessionEnd: undefined,
        WorktreeRemove: undefined,
      }),
      base: {},
    },
  },
  codex: {
    file: (scope, { home, project, env }) =>
      ({
        user: `${env.CODEX_HOME || `${home}/.codex`}/hooks.json`,
        project: `${project}/.codex/hooks.json`,
        local: undefined,
      })[scope],
    content: {
      kind: 'listed',
      items: claudeItems({ PreToolUse: 'Bash', SessionStart: undefined, SessionEnd: undefined }),
      base: {},
    },
    afterwards:
      'Codex runs a hook only after you have reviewed it: start codex, enter /hooks, and trust this one',
  },
  'gemini-cli': {
    file: (scope, { home, project }) =>
      ({
        user: `${home}/.gemini/settings.json`,
        project: `${project}/.gemini/settings.json`,
        local: undefined,
      })[scope],
    content: {
      kind: 'listed',
      // Milliseconds here.
      items: (command) =>
        Object.entries({
          BeforeTool: 'run_shell_command',
          SessionStart: undefined,
          SessionEnd: undefined,
        }).map(([event, matcher]) => ({
          path: ['hooks', event] as const,
          item: {
            ...(matcher !== undefined && { matcher }),
            hooks: [entry(command, 10_000, { name: 'styxy' })],
          },
        })),
      base: {},
    },
  },
  cursor: {
    file: (scope, { home, project }) =>
      ({ user: `${home}/.cursor/hooks.json`, project: `${project}/.cursor/hooks.json`, local: undefined })[
        scope
      ],
    content: {
      kind: 'listed',
      items: (command) =>
        Object.entries({ preToolUse: 'Shell', sessionStart: undefined, sessionEnd: undefined }).map(
          ([event, matcher]) => ({
            path: ['hooks', event] as const,
            item: { command, ...(matcher !== undefined && { matcher }) },
          }),
        ),
      base: { version: 1 },
    },
  },
  opencode: {
    file: (scope, { home, project, env }) =>
      ({
        user: `${env.XDG_CONFIG_HOME || `${home}/.config`}/opencode/plugin/styxy.js`,
        project: `${project}/.opencode/plugin/styxy.js`,
        local: undefined,
      })[scope],
    content: {
      kind: 'own',
      template: 'opencode/styxy.js',
      text: (command, template) => template.replace("'__HOOK__'", () => JSON.stringify(command)),
    },
  },
  'copilot-cli': {
    file: (scope, { home, project, env }) =>
      ({
        user: `${env.COPILOT_HOME || `${home}/.copilot`}/hooks/styxy.json`,
        project: `${project}/.github/hooks/styxy.json`,
        local: undefined,
      })[scope],
    content: { kind: 'own', text: copilotHooks },
  },
};

function copilotHooks(command: string): string {
  const hook = [{ type: 'command', bash: command, timeoutSec: 10 }];
  const hooks = { preToolUse: hook, sessionStart: hook, sessionEnd: hook };
  return `${JSON.stringify({ version: 1, hooks }, null, 2)}\n`;
}
