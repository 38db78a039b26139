import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { recordOf } from '../../hook/agents/contract.ts';
import type { Permissions } from '../../hook/decide.ts';
import type { Rules } from '../../hook/permissions/rule.ts';
import { namesIn } from '../../system/files/names-in.ts';
import { readSmallText } from '../../system/files/read-text.ts';
import { userHome } from '../../system/paths.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where Claude Code's administrators put what holds for everybody. */
const MANAGED: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/Library/Application Support/ClaudeCode',
  win32: String.raw`C:\Program Files\ClaudeCode`,
};
const MANAGED_ELSEWHERE = '/etc/claude-code';

/**
 * The rules of all of Claude Code's settings files: managed, user, project and local. What a project allows counts only
 * in a folder that the user has trusted: anybody can write a project's files.
 * @param cwd the session's current folder
 */
export function readPermissions(env: NodeJS.ProcessEnv, cwd: string): Permissions {
  const own = env.CLAUDE_CONFIG_DIR || join(userHome(), '.claude');
  const project = env.CLAUDE_PROJECT_DIR || cwd;
  const managed = managedFiles(MANAGED[process.platform] ?? MANAGED_ELSEWHERE).map(readSettings);
  const user = readSettings(join(own, 'settings.json'));
  const folders = [...new Set([project, cwd])];
  const ofProject = folders.flatMap((folder) =>
    ['settings.json', 'settings.local.json'].map((name) => readSettings(join(folder, '.claude', name))),
  );
  const all = [...managed, user, ...ofProject];
  const onlyManaged = managed.some((file) => file.allowManagedPermissionRulesOnly === true);
  const trusted = isTrusted(env, project) ? ofProject : [];
  const rules: Rules = {
    allow: rulesOf(onlyManaged ? managed : [...managed, user, ...trusted], 'allow'),
    ask: rulesOf(all, 'ask'),
    deny: rulesOf(all, 'deny'),
  };
  return { rules, excludedCommands: excludedIn(all) };
}

function managedFiles(folder: string): string[] {
  const more = join(folder, 'managed-settings.d');
  const names = namesIn(more).filter((name) => name.endsWith('.json'));
  return [join(folder, 'managed-settings.json'), ...names.map((name) => join(more, name))];
}

/** An empty object when there is none, or none that can be read. */
function readSettings(file: string): Json {
  // An error costs more than to look first, and most of these files are not there.
  if (!existsSync(file)) return {};
  try {
    return recordOf(JSON.parse(readSmallText(file) ?? '')) ?? {};
  } catch {
    return {};
  }
}

function rulesOf(files: readonly Json[], kind: keyof Rules): string[] {
  return files.flatMap((file) => textsOf(recordOf(file.permissions)?.[kind]));
}

function excludedIn(files: readonly Json[]): string[] {
  const sandboxes = files.map((file) => recordOf(file.sandbox) ?? {});
  if (!sandboxes.some(({ enabled }) => enabled === true)) return [];
  return sandboxes.flatMap(({ excludedCommands }) => textsOf(excludedCommands));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** Claude Code asks once for each folder, and a folder is trusted with those above it. */
function isTrusted(env: NodeJS.ProcessEnv, project: string): boolean {
  const state = env.CLAUDE_CONFIG_DIR
    ? join(env.CLAUDE_CONFIG_DIR, '.claude.json')
    : join(userHome(), '.claude.json');
  const projects = recordOf(readSettings(state).projects) ?? {};
  for (let folder = resolve(project); ; folder = dirname(folder)) {
    if (recordOf(projects[folder])?.hasTrustDialogAccepted === true) return true;
    if (dirname(folder) === folder) return false;
  }
}
