import { withHooks } from '../../../hook/install/edit.ts';
import type { Context } from '../../context.ts';
import { type HookFlags, hookTarget } from './target.ts';

export function execute(context: Context, flags: HookFlags): number {
  const { agent, scope, file, layout, command, template } = hookTarget(context, flags);
  const text = withHooks(undefined, layout, command, template);
  if (flags.json) context.out.json({ agent, scope, file, text, command });
  else {
    context.out.note(`styxy: for ${file}`);
    context.out.exact(text.trimEnd());
  }
  return 0;
}
