import { chmodSync, existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StyxyError, messageOf } from '../../../base/styxy-error.ts';
import type { Layout } from '../../../hook/install/layout.ts';
import { isBare, withHooks, withoutHooks } from '../../../hook/install/edit.ts';
import { quoted } from '../../../hook/install/command.ts';
import { makeFolder } from '../../../system/files/make-folder.ts';
import { readTextIfThere, readTextOrNothing } from '../../../system/files/read-text.ts';
import { replaceFile } from '../../../system/files/replace.ts';
import { digest, orUnwritable, replaceUserFile } from '../../../system/files/user-file.ts';
import type { HookTarget } from './target.ts';
import type { Paths } from '../../../system/paths.ts';

/** What is remembered of a file, so that taking the hooks out gives back its bytes. */
interface Entry {
  /** SHA-256 of the file with the hooks in it. */
  installed: string;
  /** The text without them; null when there was no file. */
  original: string | null;
  /** The folders that were made for it, the innermost first. */
  folders?: readonly string[];
}

type Entries = Record<string, Entry>;

export interface Change {
  file: string;
  change: 'installed' | 'unchanged' | 'removed' | 'absent';
  backup: string | null;
}

/** A settings file as it is, and as it would be; undefined: it is not there. */
export interface PlannedText {
  before: string | undefined;
  after: string | undefined;
}

/** What `installInto` would write. @throws StyxyError BAD_CONFIG */
export function plannedInstall(
  { file, layout, command, template }: HookTarget,
  paths: Paths,
): PlannedText & { after: string; original: string | undefined } {
  const { before, after: original } = plannedUninstall(file, layout, paths);
  if (layout.content.kind === 'own' && original !== undefined) throw foreignFile(file);
  return { before, original, after: edited(file, () => withHooks(original, layout, command, template)) };
}

/** What `uninstallFrom` would leave. @throws StyxyError BAD_CONFIG */
export function plannedUninstall(file: string, layout: Layout, paths: Paths): PlannedText {
  const before = readTextIfThere(file, 'BAD_CONFIG');
  const after = before === undefined ? undefined : originalOf(file, before, readEntries(paths)[file], layout);
  return { before, after };
}

/** The settings files that have hooks by `styxy hook install`. */
export function filesWithHooks(paths: Paths): string[] {
  return Object.keys(readEntries(paths));
}

/** Puts the hooks into a settings file, or brings them up to date. Nothing else in it changes. @throws StyxyError BAD_CONFIG, STATE_UNWRITABLE */
export async function installInto(target: HookTarget, paths: Paths): Promise<Change> {
  const { file } = target;
  const { before, original = null, after } = plannedInstall(target, paths);
  if (after === before) return { file, change: 'unchanged', backup: null };
  const folders = readEntries(paths)[file]?.folders ?? missingFolders(file);
  return orUnwritable(file, async () => {
    const backup = await write(file, after, paths);
    await writeEntries(paths, {
      ...readEntries(paths),
      [file]: { installed: digest(after), original, folders },
    });
    return { file, change: 'installed', backup };
  });
}

/** Takes the hooks out again. @throws StyxyError BAD_CONFIG, STATE_UNWRITABLE */
export async function uninstallFrom(file: string, layout: Layout, paths: Paths): Promise<Change> {
  const { before, after } = plannedUninstall(file, layout, paths);
  if (after === before) return { file, change: 'absent', backup: null };
  return orUnwritable(file, async () => {
    const backup = await write(file, after, paths);
    const { [file]: entry, ...others } = readEntries(paths);
    if (after === undefined) removeEmpty(entry?.folders ?? []);
    await writeEntries(paths, others);
    return { file, change: 'removed', backup };
  });
}

function missingFolders(file: string): string[] {
  const folder = dirname(file);
  return existsSync(folder) ? [] : [folder, ...missingFolders(folder)];
}

/** An agent's folder says that the agent is here: one that was made for our hooks must not outlive them. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // Something else is in it by now, or it is gone.
  }
}

/** The text without our hooks: as it was, when nobody has changed the file since. */
function originalOf(
  file: string,
  current: string,
  entry: Entry | undefined,
  layout: Layout,
): string | undefined {
  if (entry?.installed === digest(current)) return entry.original ?? undefined;
  const left = edited(file, () => withoutHooks(current, layout));
  const wasMade = entry !== undefined && entry.original === null;
  return wasMade && left !== undefined && isBare(left, layout) ? undefined : left;
}

/** Replaces a file, or removes it, and keeps what was in it. @returns the copy's path */
async function write(file: string, text: string | undefined, paths: Paths): Promise<string | null> {
  const keepAs = join(paths.backups, file.replaceAll(/[^\w.-]+/g, '_').replace(/^_/, ''));
  return (await replaceUserFile(file, text, { mode: 0o644, keepAs })) ?? null;
}

/** @throws StyxyError BAD_CONFIG when the file is none that can be edited */
function edited<Text>(file: string, edit: () => Text): Text {
  try {
    return edit();
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `${file} can't be edited`, {
      why: messageOf(error),
      hint: 'make it valid JSON, then do this again; or edit it by hand: styxy hook print shows what Styxy puts there',
    });
  }
}

function foreignFile(file: string): StyxyError {
  return new StyxyError('BAD_CONFIG', `${file} is there already, and is not Styxy's`, {
    hint: 'move it away, or put in by hand what styxy hook print shows',
  });
}

/** Settings are the user's in every network. */
const entriesFile = ({ root }: Paths): string => join(root, 'hooks.json');

function readEntries(paths: Paths): Entries {
  try {
    return JSON.parse(readTextOrNothing(entriesFile(paths)) ?? '{}') as Entries;
  } catch {
    return {};
  }
}

async function writeEntries(paths: Paths, entries: Entries): Promise<void> {
  makeFolder(paths.root);
  await replaceFile(entriesFile(paths), `${JSON.stringify(entries, null, 2)}\n`, 0o600);
}

/** A program by which shells that have neither Node nor Styxy on their PATH find both. @throws StyxyError STATE_UNWRITABLE */
export async function writeLauncher(paths: Paths, root: string, node: string): Promise<string> {
  const file = join(paths.root, 'bin', 'styxy');
  const text = `#!/bin/sh
# Written by styxy hook install: shells of agents may have another PATH.
node=${quoted(node)}
[ -x "$node" ] || node=node
exec "$node" ${quoted(join(root, 'bin', 'styxy.js'))} "$@"
`;
  return orUnwritable(file, async () => {
    makeFolder(dirname(file));
    if (readTextIfThere(file, 'BAD_CONFIG') !== text) await replaceFile(file, text, 0o755);
    chmodSync(file, 0o755);
    return file;
  });
}
