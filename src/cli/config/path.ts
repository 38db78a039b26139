import { existsSync } from 'node:fs';
import { findProjectConfig } from '../../project/find-config.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { facts } from '../print/table.ts';

export async function execute(
  { cwd, out, paths, looking }: Context,
  { json }: { json?: boolean },
): Promise<number> {
  const user = { path: paths.config, exists: existsSync(paths.config) };
  const project =
    (await findProjectConfig(cwd, findWorktree(cwd).path, { ...looking, unread: () => undefined }))?.file ??
    null;
  if (json) out.json({ user: user.path, user_exists: user.exists, project });
  else {
    out.data(
      facts([
        ['user', `${user.path}${user.exists ? '' : ' (not there)'}`],
        ['project', project ?? 'none from here up to the top of the repository'],
      ]),
    );
  }
  return 0;
}
