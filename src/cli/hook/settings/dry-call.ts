import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** An event of each agent: it is about to start a server. */
const EVENTS: Readonly<Record<string, (cwd: string, command: string) => Record<string, unknown>>> = {
  'claude-code': claude,
  codex: claude,
  'gemini-cli': (cwd, command) => ({
    cwd,
    hook_event_name: 'BeforeTool',
    tool_name: 'run_shell_command',
    tool_input: { command },
  }),
  cursor: (cwd, command) => ({
    cwd,
    hook_event_name: 'preToolUse',
    tool_name: 'Shell',
    tool_input: { command },
  }),
  opencode: (directory, command) => ({
    event: 'tool.execute.before',
    tool: 'bash',
    directory,
    args: { command },
  }),
  'copilot-cli': (cwd, command) => ({ cwd, toolName: 'bash', toolArgs: { command } }),
};

function claude(cwd: string, command: string): Record<string, unknown> {
  return { cwd, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } };
}

const SERVER = 'python3 -m http.server 8000';
const LIMIT_MS = 10_000;

export interface DryCall {
  ok: boolean;
  detail: string;
  /** The program that was put before the server; null when none was. */
  program: string | null;
}

/**
 * Runs an installed hook as the agent does, in an empty folder, with a command that starts a server.
 * @param command our own text, as it stands in the agent's settings
 */
export function dryCall(agent: string, command: string): DryCall {
  const folder = mkdtempSync(join(tmpdir(), 'styxy-hook-'));
  try {
    const { stdout, error } = spawnSync(command, {
      shell: true,
      // No rule of a project speaks there.
      cwd: folder,
      env: { ...process.env, CLAUDE_PROJECT_DIR: folder },
      input: JSON.stringify(EVENTS[agent]?.(folder, SERVER)),
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    if (error) return { ok: false, detail: error.message, program: null };
    const program = programIn(stdout);
    if (program === null) return { ok: false, detail: 'it left a server as it is', program };
    return { ok: true, detail: `it put ${program} run before a server`, program };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programIn(answer: string): string | null {
  const [, program = null] = /"command":"(\S+|'[^']*') run -- python3 /.exec(answer) ?? [];
  return program;
}

/** Whether a login shell, which has a PATH of its own, can start the program. */
export function startsInLoginShell(program: string): boolean {
  const { status } = spawnSync(`${program} --version`, {
    shell: process.env.SHELL || '/bin/sh',
    cwd: homedir(),
    argv0: '-sh',
    timeout: LIMIT_MS,
  });
  return status === 0;
}
