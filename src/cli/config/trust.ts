import { findProjectConfig } from '../../project/find-config.ts';
import { isProgram } from '../../project/read-config.ts';
import { requireFolder } from '../../project/require-folder.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export async function execute({ cwd, out, looking }: Context, { json }: { json?: boolean }): Promise<number> {
  requireFolder(cwd);
  // Running it is what will be done from now on, so whether it works is seen here.
  const found = await findProjectConfig(cwd, findWorktree(cwd).path, { ...looking, code: 'consent' });
  const file = found?.file ?? null;
  const needed = file !== null && isProgram(file);
  if (json) out.json({ file, trusted: needed });
  else if (file === null)
    out.note('there is no project configuration from here up to the top of the repository');
  else if (!needed) out.note(`${file} is data: it needs no trust`);
  else
    out.note(`${file} and what it imports from this project may be run as they are now; a change asks again`);
  return 0;
}
