import { lastLogLines } from '../../client/autostart.ts';
import type { Context } from '../context.ts';

export function execute({ paths, out }: Context, { lines }: { lines: number }): number {
  const found = lastLogLines(paths, lines);
  for (const line of found) out.data(line);
  if (found.length === 0) out.note(`nothing in ${paths.log} yet`);
  return 0;
}
