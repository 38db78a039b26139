import type { Context } from '../../context.ts';
import { type Change, uninstallFrom } from './installation.ts';
import { type HookFlags, hookTargets } from './target.ts';

export async function execute(context: Context, flags: HookFlags): Promise<number> {
  const targets = hookTargets(context, flags);
  const changes: Change[] = [];
  for (const { file, layout } of targets) changes.push(await uninstallFrom(file, layout, context.paths));
  const agent = flags.agent!;
  if (flags.json) context.out.json({ agent, files: changes });
  else {
    const removed = changes.filter(({ change }) => change === 'removed');
    for (const { file } of removed) context.out.line(`${agent}: hooks are gone from ${file}`);
    if (removed.length === 0) context.out.line(`${agent}: there are no hooks of Styxy`);
  }
  return 0;
}
