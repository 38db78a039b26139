import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../system/files/make-folder.ts';
import { readTextOrNothing } from '../../system/files/read-text.ts';
import { replaceFile } from '../../system/files/replace.ts';
import { digest, orUnwritable } from '../../system/files/user-file.ts';
import type { Paths } from '../../system/paths.ts';
import type { FileChange } from './files.ts';

/** What `styxy init` has done to one project, so that it can be taken back to the byte. */
export interface InitRecord {
  files: Record<string, FileRecord>;
}

interface FileRecord {
  /** Its text before; null when it was not there. */
  before: string | null;
  /** SHA-256 of what init left. */
  after: string;
  /** Its scripts, for a file that others have changed since. */
  scripts?: Record<string, { before: string; after: string }>;
}

type Records = Record<string, InitRecord>;

/** Projects are the user's in every network. */
const fileOf = ({ root }: Paths): string => join(root, 'init.json');

/** By the folders of the projects. */
export function readRecords(paths: Paths): Records {
  try {
    return JSON.parse(readTextOrNothing(fileOf(paths)) ?? '{}') as Records;
  } catch {
    return {};
  }
}

/** @param record undefined: forget the project @throws StyxyError STATE_UNWRITABLE */
export async function writeRecord(paths: Paths, root: string, record: InitRecord | undefined): Promise<void> {
  const { [root]: _, ...rest } = readRecords(paths);
  const others = Object.fromEntries(Object.entries(rest).filter(([folder]) => existsSync(folder)));
  const all = record === undefined ? others : { ...others, [root]: record };
  const file = fileOf(paths);
  await orUnwritable(file, async () => {
    makeFolder(paths.root);
    await replaceFile(file, `${JSON.stringify(all, null, 2)}\n`, 0o600);
  });
}

/** A file is recorded with what it was before the first change that is still in it. */
export function withFile(
  record: InitRecord | undefined,
  { file, before, after = '', scripts }: FileChange,
): InitRecord {
  const known = record?.files[file];
  const isOurs = known !== undefined && known.after === digest(before ?? '');
  const texts = Object.fromEntries(
    scripts.map(({ name, before: from, after: to }) => [name, { before: from, after: to }]),
  );
  const entry: FileRecord = {
    before: isOurs ? known.before : (before ?? null),
    after: digest(after),
    scripts: { ...known?.scripts, ...texts },
  };
  return { files: { ...record?.files, [file]: entry } };
}
