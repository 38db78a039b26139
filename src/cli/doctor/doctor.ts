import type { Context } from '../context.ts';
import type { Check } from './check.ts';
import type { Output } from '../print/output.ts';
import { wrapWords } from '../print/table.ts';

export async function execute(context: Context, { json }: { json?: boolean }): Promise<number> {
  const { examine } = await import('./examine.ts');
  const checks = await examine(context);
  const ok = checks.every((check) => check.ok);
  if (json) context.out.json({ ok, checks });
  else print(checks, context.out);
  return ok ? 0 : 1;
}

/** Of what a check says, in however narrow a window. */
const LEAST_WIDTH = 20;

function print(checks: readonly Check[], out: Output): void {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  for (const check of checks) {
    const detail = wrapWords(check.detail, out.width && Math.max(LEAST_WIDTH, out.width - indent.length));
    detail.forEach((line, at) =>
      out.line(`${at === 0 ? `${markOf(check, out)} ${check.name.padEnd(width)}  ` : indent}${line}`),
    );
    check.fix
      ?.split('\n')
      .forEach((line, at) => out.line(`${indent}${at === 0 ? out.paint('dim', 'fix:') : '    '} ${line}`));
  }
  const failures = checks.filter(({ ok }) => !ok).length;
  const hints = checks.filter(({ ok, fix }) => ok && fix !== undefined).length;
  const parts = [failures === 0 ? 'all is well' : `${failures} of ${checks.length} checks failed`];
  if (hints > 0) parts.push(`${hints} ${hints === 1 ? 'hint' : 'hints'}`);
  out.data(`\n${out.paint(failures === 0 ? 'green' : 'red', parts.join(', '))}`);
}

function markOf({ ok, fix }: Check, out: Output): string {
  if (!ok) return out.paint('red', '✗');
  return fix === undefined ? out.paint('green', '✓') : out.paint('yellow', '!');
}
