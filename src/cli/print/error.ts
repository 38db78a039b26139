import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { docsOf } from '../../base/error-codes.ts';
import { ofShortage } from '../../base/shortage.ts';
import { tildePath } from '../../base/short-text.ts';
import { messageOf, ofRemovedFile, ofRemovedFolder, StyxyError } from '../../base/styxy-error.ts';
import { toErrorBody } from '../../protocol/error-body.ts';
import type { ConfigProblem } from '../../settings/problem.ts';
import { packageRoot } from '../../system/package-root.ts';
import type { Output } from './output.ts';

/** Any failure as one of ours; what we did not foresee is our own bug. */
export function asStyxyError(thrown: unknown): StyxyError {
  if (thrown instanceof StyxyError) return thrown;
  const foreseen = ofRemovedFile(thrown) ?? ofRemovedFolder(thrown) ?? ofShortage(thrown, 'styxy');
  if (foreseen) return foreseen;
  return new StyxyError('INTERNAL', `unexpected: ${messageOf(thrown)}`, {
    hint: 'please report this; STYXY_LOG=debug shows where it happened',
    cause: thrown,
  });
}

/** As far in as what stands behind `why:`. */
const INDENT = ' '.repeat(7);

/** What, why and what to try, on stderr; with `--json` the same as one document on stdout. */
export function reportError(
  error: StyxyError,
  out: Output,
  { json, debug }: { json: boolean; debug: boolean },
): void {
  const label = (text: string): string => out.paintNote('dim', text);
  out.note(`styxy: ${out.paintNote('red', `error[${error.code}]`)}: ${error.message}`);
  const reasons = reasonsOf(error);
  reasons?.forEach((reason, at) => {
    const isFurtherIn = reason.startsWith('    ');
    out.note(at === 0 ? `  ${label('why:')} ${reason}` : `${isFurtherIn ? '' : INDENT}${reason}`);
  });
  out.note(`  ${label('try:')} ${error.hint}`);
  out.note(`  ${label('see:')} ${pageOf(error)}`);
  if (debug) linesOf(String((error.cause instanceof Error ? error.cause : error).stack)).forEach(out.note);
  if (json) out.json(toErrorBody(error));
}

/** A path that opens: from a project short, where Styxy is one of its packages. */
function pageOf({ code }: StyxyError): string {
  try {
    const page = join(packageRoot(), docsOf(code));
    const near = relative(process.cwd(), page);
    return near.startsWith('node_modules') || near === docsOf(code) ? near : tildePath(page, homedir());
  } catch {
    // The installation, or the current folder, has been removed meanwhile.
    return docsOf(code);
  }
}

/** Each problem of a configuration file has a line of its own. */
function reasonsOf({ why, details }: StyxyError): string[] | undefined {
  const told = Array.isArray(details.problems) ? (details.problems as Partial<ConfigProblem>[]) : [];
  const lines = told.flatMap(({ line, message }) =>
    message === undefined ? [] : [line ? `line ${line}: ${message}` : message],
  );
  if (lines.length > 1) return lines;
  return why ? linesOf(why) : undefined;
}

/** Texts of parsers and compilers have several; none of them begins where ours do. */
const linesOf = (text: string): string[] => text.split('\n');
