import { accessSync, constants, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import { cantWrite } from '../../system/files/cant-write.ts';
import { backUp, pruneBackups } from '../../system/files/backup.ts';
import { discardDraft, putInPlace, writeDraft } from '../../system/files/replace.ts';
import type { Paths } from '../../system/paths.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import type { JsonChange } from '../../settings/json-edit.ts';
import type { UserSettings } from '../../settings/resolve.ts';
import type { ConfigStore } from './store.ts';

/** How often an edit is made anew because somebody else wrote the file meanwhile. */
const MOST_ATTEMPTS = 5;
/** Settings hold no secret, but the folder is private and so is what is made in it. */
const NEW_FILE_MODE = 0o600;

/** The user's configuration as it stands in the file now. */
export type CurrentConfig = Pick<UserSettings, 'settings' | 'catalog'>;

export interface ConfigWriter {
  /**
   * Makes the changes that `plan` names (none: leaves the file alone), touching nothing else of what the user wrote, and
   * puts them in force. All or nothing: whatever happens, a kill included, the file is the old or the new one. Calls must
   * not overlap.
   * @throws StyxyError BAD_CONFIG when the file is not valid, or would not be; STATE_UNWRITABLE; what `plan` throws
   */
  change(plan: (current: CurrentConfig) => readonly JsonChange[]): Promise<void>;
}

export function createConfigWriter(
  paths: Pick<Paths, 'config' | 'backups'>,
  store: Pick<ConfigStore, 'reload' | 'judge'>,
): ConfigWriter {
  removeDraft(paths.config);

  async function attempt(plan: Parameters<ConfigWriter['change']>[0]): Promise<boolean> {
    // Few daemons ever edit the file.
    const { editJson } = await import('../../settings/json-edit.ts');
    const before = readTextIfThere(paths.config);
    const changes = plan(store.judge(before));
    if (changes.length === 0) return true;
    const text = editJson(before ?? '{}\n', changes);
    store.judge(text);
    return replaceConfig(paths, before, text, store);
  }

  return {
    async change(plan) {
      let isDone = false;
      for (let count = 0; count < MOST_ATTEMPTS && !isDone; count++) isDone = await attempt(plan);
      if (!isDone) {
        throw new StyxyError('STATE_UNWRITABLE', `${paths.config} changes all the time`, {
          why: 'another program wrote it each time it was about to be written',
          hint: 'ask again when it is left alone',
        });
      }
      if (store.reload()) return;
      throw new StyxyError('BAD_CONFIG', `${paths.config} is not valid`, {
        why: 'another program wrote it a moment ago',
      });
    },
  };
}

/** @returns false when the file is no longer what `before` says, and nothing was done */
async function replaceConfig(
  { config, backups }: Pick<Paths, 'config' | 'backups'>,
  before: string | undefined,
  text: string,
  store: Pick<ConfigStore, 'reload'>,
): Promise<boolean> {
  const backupName = join(backups, basename(config));
  let target = config;
  let backup: string | undefined;
  let onDisk: Promise<void>;
  try {
    // A link, as people who keep their settings in a repository have it, stays one.
    if (before !== undefined) target = realpathSync(config);
    await writeDraft(target, text, before === undefined ? NEW_FILE_MODE : modeOf(target));
    // No turn of the event loop from here to the rename: an editor that saved since the file was read is noticed.
    if (readTextIfThere(config) !== before) {
      discardDraft(target);
      return false;
    }
    backup = backUp(target, backupName, new Date());
    onDisk = putInPlace(target);
  } catch (error) {
    discardDraft(target);
    if (backup !== undefined) rmSync(backup, { force: true });
    throw cantWrite(config, error, `make ${config} and its folder writable`);
  }
  // The new file is in its place, so nothing from here on can make the edit fail. It is in force before anybody who
  // watches the file can take it for an edit of the user's.
  store.reload();
  await onDisk.catch(() => undefined);
  try {
    pruneBackups(backupName);
  } catch {
    // Some backups too many do no harm, and the next edit tries again.
  }
  return true;
}

/** @throws the system's error when the user may not write it: a rename would not care */
function modeOf(file: string): number {
  accessSync(file, constants.W_OK);
  return statSync(file).mode & 0o777;
}

/** What a kill left behind. */
function removeDraft(config: string): void {
  try {
    discardDraft(realpathSync(config));
  } catch {
    // There is no file yet.
  }
}
