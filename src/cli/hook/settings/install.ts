import { requireFolder } from '../../../project/require-folder.ts';
import { packageRoot } from '../../../system/package-root.ts';
import type { Context } from '../../context.ts';
import { installInto, writeLauncher } from './installation.ts';
import { type HookFlags, hookTarget } from './target.ts';

export async function execute(context: Context, flags: HookFlags): Promise<number> {
  const target = hookTarget(context, flags);
  if (target.scope !== 'user') requireFolder(context.cwd);
  const { agent, scope, file, layout, command } = target;
  const { out, paths } = context;
  const change = await installInto(target, paths);
  if (process.platform !== 'win32') await writeLauncher(paths, packageRoot(), process.execPath);
  const { afterwards = null } = layout;
  if (flags.json) {
    out.json({ agent, scope, ...change, command, afterwards });
    return 0;
  }
  out.data(
    change.change === 'unchanged'
      ? `${agent}: its hooks are in ${file} already`
      : `${agent}: hooks are in ${file}${change.backup === null ? '' : ` (before: ${change.backup})`}`,
  );
  if (afterwards !== null) out.note(`styxy: ${afterwards}`);
  else if (change.change === 'installed')
    out.note(`styxy: sessions of ${agent} that begin from now on use them`);
  return 0;
}
