import { join } from 'node:path';
import { withScripts } from '../../../init/package-text.ts';
import { isLauncher, LAUNCHER, unwrapped } from '../../../init/unwrap.ts';
import { parseJsonConfig } from '../../../settings/parse.ts';
import { asObject, textEntries } from '../../../tools/project.ts';
import type { Context } from '../../context.ts';
import { type FileChange, ownLauncher, readText } from '../files.ts';
import { planProject } from '../project.ts';
import { digest } from '../../../system/files/user-file.ts';
import { type InitRecord, readRecords } from '../record.ts';

/** How the work of `styxy init` is taken back. */
export interface Undo {
  files: FileChange[];
  /** What somebody has changed since, and what only they can take back. */
  kept: string[];
}

/**
 * A file that is still as it was left gets its bytes of before; of a package that was changed since, or by a Styxy that
 * is not here, the scripts lose the wrapper and nothing else changes. Any other file that was changed stays.
 */
export async function undoOf({ paths }: Context, root: string): Promise<Undo> {
  const record = readRecords(paths)[root];
  const { packages } = await planProject(root, { wrapper: () => [] });
  const own = packages.map(({ dir }) => (dir === '.' ? 'package.json' : `${dir}/package.json`));
  const known = Object.keys(record?.files ?? {});
  const files = [...new Set([...known, ...own, LAUNCHER])].flatMap(
    (file) => undoneFile(root, file, record) ?? [],
  );
  const isKept = (file: string): boolean =>
    !isPackage(file) && !files.some((each) => each.file === file) && isOfInit(join(root, file), file, known);
  return { files, kept: [...new Set([...known, LAUNCHER])].filter(isKept) };
}

const isPackage = (file: string): boolean => /(^|\/)package\.json$/.test(file);

function isOfInit(path: string, file: string, known: readonly string[]): boolean {
  const text = readText(path);
  return text !== undefined && (known.includes(file) || isLauncher(text));
}

function undoneFile(root: string, file: string, record: InitRecord | undefined): FileChange | undefined {
  const before = readText(join(root, file));
  if (before === undefined) return undefined;
  const known = record?.files[file];
  if (known?.after === digest(before)) {
    const after = known.before ?? undefined;
    return { file, before, after, scripts: scriptChanges(file, before, after) };
  }
  // Without a record, one with other bytes may be of another version, or changed by a person.
  if (file === LAUNCHER && !known && before === ownLauncher())
    return { file, before, after: undefined, scripts: [] };
  if (!isPackage(file)) return undefined;
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

const scriptsIn = (file: string, text: string): Record<string, string> =>
  textEntries(asObject(parseJsonConfig(text, file))?.scripts);
