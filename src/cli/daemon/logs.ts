import { lastLogLines } from '../../client/spawn-daemon.ts';
import type { Context } from '../context.ts';
import { localTime } from '../print/local-time.ts';
import type { Output } from '../print/output.ts';

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
  for (const line of lines) {
    if (out.dataIsRead) out.line(readable(line, out));
    else out.exact(line);
  }
  if (lines.length === 0) out.note(`nothing in ${paths.log} yet`);
  return 0;
}

/** A pipe gets the lines as they are, which are JSON. */
function readable(line: string, out: Output): string {
  const { time, level, msg, ...facts } = parse(line);
  if (typeof time !== 'string' || typeof msg !== 'string') return line;
  const more = Object.entries(facts)
    .filter(([name, value]) => name !== 'pid' && value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const colour = ({ warn: 'yellow', error: 'red' } as const)[level as 'warn'];
  const label = String(level).padEnd(5);
  return [localTime(time), colour ? out.paint(colour, label) : label, msg, out.paint('dim', more.join(' '))]
    .join('  ')
    .trimEnd();
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
