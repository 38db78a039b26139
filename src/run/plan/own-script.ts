import { dirname } from 'node:path';
import type { Worktree } from '../../system/worktree.ts';
import type { ServiceIdentity } from '../../tools/identity.ts';
import { readCommand } from './read-command.ts';

/** A script that is one run of Styxy and nothing else. */
const ONE_RUN = /^\s*(\S*[\\/])?styxy(\.js)? run\s[^;&|<>()\n]*$/;

/**
 * What a service is whose package script has the prefix: the script, as where that script is run with the prefix in
 * front. Package managers say which one it is; what the script's program starts has the same variables and is another.
 * @returns undefined when the command is not that of a script
 */
export async function identityOfScript(
  command: readonly string[],
  { npm_lifecycle_event: name, npm_lifecycle_script: text, npm_package_json: file }: NodeJS.ProcessEnv,
  worktree: Worktree,
): Promise<ServiceIdentity | undefined> {
  if (!name || !text || !file || !ONE_RUN.test(text)) return undefined;
  if (!text.trimEnd().endsWith(` ${command.join(' ')}`)) return undefined;
  const { identity } = await readCommand(['npm', 'run', name], dirname(file), worktree);
  return identity;
}
