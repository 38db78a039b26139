import { join } from 'node:path';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { addDependency, type Dependency, LOCK_TEXTS } from './dependency.ts';
import { type FileChange, readText, writeFile } from './files.ts';
import { type InitRecord, readRecords, withFile, writeRecord } from './record.ts';

/** Writes the files, and remembers what they were. */
export async function applyChanges(
  { paths }: Context,
  root: string,
  files: readonly FileChange[],
): Promise<void> {
  let record: InitRecord | undefined = readRecords(paths)[root];
  for (const change of files) record = withFile(record, change);
  // Remembered before it is done: what was not done is found unchanged later.
  await writeRecord(paths, root, record);
  for (const { file, after } of files) await writeFile(join(root, file), after);
}

/** Has the package manager add Styxy, and remembers what it changes. @returns why it could not */
export async function applyDependency(
  context: Context,
  root: string,
  dependency: Dependency,
): Promise<string | undefined> {
  const { paths } = context;
  const names = ['package.json', ...LOCK_TEXTS];
  const before = new Map(names.map((file) => [file, readText(join(root, file))]));
  const failure = await during(
    context.out,
    () => dependency.command.join(' '),
    () => addDependency(root, dependency, context),
  );
  let record: InitRecord | undefined = readRecords(paths)[root];
  for (const file of names) {
    const after = readText(join(root, file));
    const old = before.get(file);
    if (after !== undefined && after !== old)
      record = withFile(record, { file, before: old, after, scripts: [] });
  }
  await writeRecord(paths, root, record);
  return failure;
}

/** Takes the files back, and forgets them. */
export async function applyUndo(
  { paths }: Context,
  root: string,
  files: readonly FileChange[],
): Promise<void> {
  for (const { file, after } of files) await writeFile(join(root, file), after);
  if (readRecords(paths)[root] !== undefined) await writeRecord(paths, root, undefined);
}
