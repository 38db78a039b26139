import type { Context } from '../../context.ts';
import { applyUndo } from '../apply.ts';
import { isInteractive } from '../../print/ask.ts';
import { askConfirm } from '../ask.ts';
import type { InitFlags } from '../flags.ts';
import { count, printChanges } from '../print.ts';
import { projectRoot } from '../project.ts';
import { undoOf } from './undo.ts';

/** `styxy init --undo`: shown first, and done when there is nobody to ask. */
export async function undo(context: Context, { yes, json, dryRun }: InitFlags): Promise<number> {
  const { out, cwd, env } = context;
  const root = await projectRoot(cwd);
  const { files, kept } = await undoOf(context, root);
  const applied = files.length > 0 && !dryRun;
  if (json) {
    if (applied) await applyUndo(context, root, files);
    out.json({
      root,
      applied,
      files: files.map(({ file, after }) => ({ file, change: after === undefined ? 'remove' : 'edit' })),
      kept,
    });
    return 0;
  }
  for (const file of kept)
    out.note(`styxy: ${file} was changed since styxy init wrote it, and stays as it is`);
  if (files.length === 0) {
    out.note('there is nothing of styxy init to take back');
    return 0;
  }
  printChanges(out, files);
  if (dryRun) {
    out.note('styxy: nothing is changed yet: styxy init --undo does it');
    return 0;
  }
  if (!yes && isInteractive(env) && !(await askConfirm(`Take ${count(files.length, 'file')} back?`))) {
    out.note('nothing is changed');
    return 1;
  }
  await applyUndo(context, root, files);
  out.note(`styxy: ${count(files.length, 'file')} as before`);
  return 0;
}
