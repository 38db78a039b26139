import { join } from 'node:path';
import { withScripts } from '../../../init/package-text.ts';
import { isLauncher, LAUNCHER, unwrapped } from '../../../init/unwrap.ts';
import { parseJsonConfig } from '../../../settings/parse.ts';
import { asObject } from '../../../tools/project.ts';
import type { Context } from '../../context.ts';
import { type FileChange, readText } from '../files.ts';
import { planProject } from '../project.ts';
import { digest, type InitRecord, readRecords } from '../record.ts';

/**
 * What takes back the work of `styxy init`. A file that is still as it was left gets its bytes of before; of one that was
 * changed since, or by a Styxy that is not here, the scripts lose the wrapper and nothing else changes.
 */
export async function undoOf({ paths }: Context, root: string): Promise<FileChange[]> {
  const record = readRecords(paths)[root];
  const { packages } = await planProject(root, { wrapper: () => [] });
  const own = packages.map(({ dir }) => (dir === '.' ? 'package.json' : `${dir}/package.json`));
  const files = [...new Set([...Object.keys(record?.files ?? {}), ...own, LAUNCHER])];
  return files.flatMap((file) => undoneFile(root, file, record) ?? []);
}

/** What others have changed since, and what only they can take back. */
export function keptBy({ paths }: Context, root: string, undone: readonly FileChange[]): string[] {
  const known = Object.keys(readRecords(paths)[root]?.files ?? {});
  return known.filter((file) => {
    const isUndone = undone.some((each) => each.file === file);
    return !isUndone && readText(join(root, file)) !== undefined && !/(^|\/)package\.json$/.test(file);
  });
}

function undoneFile(root: string, file: string, record: InitRecord | undefined): FileChange | undefined {
  const before = readText(join(root, file));
  if (before === undefined) return undefined;
  const known = record?.files[file];
  if (known?.after === digest(before)) {
    const after = known.before ?? undefined;
    return { file, before, after, scripts: scriptChanges(file, before, after) };
  }
  if (file === LAUNCHER)
    return isLauncher(before) ? { file, before, after: undefined, scripts: [] } : undefined;
  if (!/(^|\/)package\.json$/.test(file)) return undefined;
  const scripts = Object.entries(scriptsIn(file, before)).flatMap(([name, text]) => {
    const made = known?.scripts?.[name];
    const left = made?.after === text ? made.before : unwrapped(text);
    return left === text ? [] : [[name, left] as const];
  });
  if (scripts.length === 0) return undefined;
  const after = withScripts(before, Object.fromEntries(scripts));
  return { file, before, after, scripts: scriptChanges(file, before, after) };
}

function scriptChanges(file: string, before: string, after: string | undefined): FileChange['scripts'] {
  if (after === undefined || !file.endsWith('package.json')) return [];
  const [from, to] = [scriptsIn(file, before), scriptsIn(file, after)];
  const dir = file.replace(/\/?package\.json$/, '') || '.';
  return Object.entries(from).flatMap(([name, text]) =>
    to[name] === undefined || to[name] === text
      ? []
      : [{ dir, name, before: text, after: to[name], servers: [], isUnsure: false, runs: [] }],
  );
}

function scriptsIn(file: string, text: string): Record<string, string> {
  const scripts = asObject(asObject(parseJsonConfig(text, file))?.scripts) ?? {};
  return Object.fromEntries(
    Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
