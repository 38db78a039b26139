import { basename } from 'node:path';
import type { Worktree } from '../../../system/worktree.ts';
import { textHash } from '../../../base/text-hash.ts';

interface Place {
  env: NodeJS.ProcessEnv;
  worktree: Worktree;
}

/**
 * What a command is given, as docker compose needs it.
 * @param project the name of its project in its file; '' where the folder gives it, undefined where there is none
 */
export function composeVariables(
  project: string | undefined,
  variables: Readonly<Record<string, string>>,
  { env, worktree }: Place,
): Record<string, string> {
  return {
    ...variables,
    ...(project !== undefined && env.COMPOSE_PROJECT_NAME === undefined && ownName(project, worktree)),
  };
}

/**
 * For a linked worktree, where its project would have the name of another one's: its containers would be taken for
 * those of the other, and be replaced.
 */
function ownName(project: string, { path, repository }: Worktree): Record<string, string> {
  if (repository === null || repository === path) return {};
  const folder = basename(path);
  if (project === '' && folder !== basename(repository)) return {};
  const name = project === '' ? `${folder}-${textHash(path).slice(0, 4)}` : `${project}-${folder}`;
  return { COMPOSE_PROJECT_NAME: name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-') };
}
