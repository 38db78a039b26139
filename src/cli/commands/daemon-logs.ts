import { lastLogLines } from '../../client/autostart.ts';
import type { Context } from '../context.ts';

interface Flags {
  lines: number;
  json?: boolean;
}

export function execute({ paths, out }: Context, flags: Flags): number {
  const lines = lastLogLines(paths, flags.lines);
  if (flags.json) {
    out.json({ log: paths.log, lines });
    return 0;
  }
  for (const line of lines) out.data(line);
  if (lines.length === 0) out.note(`nothing in ${paths.log} yet`);
  return 0;
}
