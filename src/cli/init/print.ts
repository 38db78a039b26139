import type { ScriptPlan } from '../../init/scripts.ts';
import type { Output } from '../print/output.ts';
import type { FileChange } from './files.ts';

/** Each file that changes, with the lines of its scripts before and after. */
export function printChanges(out: Output, files: readonly FileChange[]): void {
  for (const { file, before, after, scripts, lines = [] } of files) {
    const what = before === undefined ? ' (new)' : after === undefined ? ' (removed)' : '';
    out.line(out.paint('bold', file) + out.paint('dim', what));
    for (const script of scripts) {
      out.line(out.paint('red', `-   ${line(script.name, script.before)}`));
      out.line(out.paint('green', `+   ${line(script.name, script.after)}`));
    }
    for (const text of lines) out.line(out.paint('green', `+   ${text}`));
    if (scripts.length + lines.length === 0 && before === undefined)
      out.line(
        out.paint('dim', '    starts a command through Styxy where it is installed, and as it is elsewhere'),
      );
  }
}

export function printUnsure(out: Output, scripts: readonly ScriptPlan[]): void {
  if (scripts.length === 0) return;
  const [first] = scripts;
  out.note(`styxy: left as they are, because nothing says that they start a server:`);
  for (const each of scripts) out.note(`    ${idOf(each)}: ${each.before}`);
  out.note(`    if one does: styxy init --also ${idOf(first!)}`);
}

/** As `--only`, `--except` and `--also` take it. */
export const idOf = ({ dir, name }: Pick<ScriptPlan, 'dir' | 'name'>): string =>
  dir === '.' ? name : `${dir}:${name}`;

const line = (name: string, text: string): string => `${JSON.stringify(name)}: ${JSON.stringify(text)}`;

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
