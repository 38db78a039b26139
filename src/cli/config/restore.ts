import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import { badConfig } from '../../settings/problem.ts';
import { parseJsonConfig, withLines } from '../../settings/parse.ts';
import { userProblems } from '../../settings/resolve.ts';
import { cantWrite } from '../../system/files/cant-write.ts';
import { namesIn } from '../../system/files/names-in.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { replaceUserFile } from '../../system/files/user-file.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../print/listeners.ts';

const NEW_FILE_MODE = 0o600;

/** Puts a backup of `config.json` back, and keeps what was there as the next one. A running daemon takes it up at once. */
export async function execute(
  { cwd, out, paths }: Context,
  { json }: { json?: boolean },
  [given]: string[],
): Promise<number> {
  const { config, backups } = paths;
  const before = readTextIfThere(config);
  const backup = given === undefined ? newestOther(backups, before) : namedBackup(backups, given, cwd);
  const text = readTextIfThere(backup) ?? '';
  const problems = withLines(userProblems(parseJsonConfig(text, backup), backup), text);
  if (problems.length > 0) throw badConfig(backup, problems);
  const kept = await exchange(config, join(backups, basename(config)), text);
  if (json) out.json({ file: config, restored: backup, kept: kept ?? null });
  else {
    out.note(`${shortPath(config)} is again as in ${basename(backup)}`);
    if (kept !== undefined) out.note(`what it was before is kept as ${basename(kept)}`);
  }
  return 0;
}

/** @returns where the content before is kept @throws StyxyError STATE_UNWRITABLE */
async function exchange(config: string, backupName: string, text: string): Promise<string | undefined> {
  try {
    return await replaceUserFile(config, text, { mode: NEW_FILE_MODE, keepAs: backupName });
  } catch (error) {
    throw cantWrite(config, error);
  }
}

const BACKED_UP = 'a backup is made before each change of the file by a command';

/** The youngest that holds something else than the file. */
function newestOther(folder: string, before: string | undefined): string {
  const all = backupsIn(folder).map((name) => join(folder, name));
  const found = all.find((path) => readTextIfThere(path) !== before);
  if (found !== undefined) return found;
  throw new StyxyError('USAGE', 'there is no backup to restore', {
    why:
      all.length === 0 ? `${folder} has none of config.json` : 'every backup holds what is in the file now',
    hint: BACKED_UP,
  });
}

function namedBackup(folder: string, given: string, cwd: string): string {
  const names = backupsIn(folder);
  const name = names.find((each) => each === given || each === `config.json.${given}`);
  if (name !== undefined) return join(folder, name);
  const path = resolve(cwd, given);
  if (existsSync(path)) return path;
  throw new StyxyError('USAGE', `there is no backup "${given}"`, {
    why:
      names.length === 0
        ? `${folder} has none of config.json, and there is no file ${path}`
        : `there are ${names.join(', ')}`,
    hint: names.length === 0 ? BACKED_UP : 'name one of these, or a file',
  });
}

/** The youngest first. */
function backupsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^config\.json\.\d{4}-/.test(name))
    .toSorted()
    .toReversed();
}
