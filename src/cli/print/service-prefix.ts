import type { Output, Style } from './output.ts';
import { plainProgramLine, programLine } from './program-output.ts';
import { widthOf } from './text-width.ts';

/** Each service has one; not red, which is for errors. */
const COLOURS: readonly Style[] = ['cyan', 'magenta', 'green', 'yellow', 'blue'];
/** A longer name would leave no room for the lines. */
const WIDEST = 20;

/** What is printed for a line of a service: its name before it, in its colour, and nothing that would move a cursor. */
export function createPrefixer(
  names: readonly string[],
  out: Pick<Output, 'paint' | 'dataIsRead'>,
  isPrefixed = true,
): (service: string, line: string) => string {
  const room = Math.min(WIDEST, Math.max(0, ...names.map(widthOf)));
  const isPainted = out.paint('bold', 'x') !== 'x';
  const clean = isPainted ? programLine : plainProgramLine;
  const prefixes = new Map(
    names.map((name, at) => {
      const padded = name + ' '.repeat(Math.max(0, room - widthOf(name)));
      return [name, `${out.paint(COLOURS[at % COLOURS.length]!, `${padded} |`)} `];
    }),
  );
  return (service, line) => `${isPrefixed ? (prefixes.get(service) ?? `${service} | `) : ''}${clean(line)}`;
}
