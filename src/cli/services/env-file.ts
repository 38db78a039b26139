import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';
import { alsoOutside, withBlock } from '../../init/env-block.ts';
import { listed } from '../../run/child/child-env.ts';
import { LARGEST_OF_OTHERS, readRegular } from '../../system/files/read-text.ts';
import { linkTarget, orUnwritable, replaceUserFile } from '../../system/files/user-file.ts';
import { gitSaysYes } from '../../system/git.ts';
import type { Context } from '../context.ts';
import { linesOf, tellMissing, type FoundVariables } from './variables.ts';

const FILE = '.env.local';
const NEW_FILE_MODE = 0o644;

interface Flags {
  write?: string | true;
  check?: boolean;
  force?: boolean;
  json?: boolean;
}

/** `styxy env --write` and `--check`: the variables in a block of a file that the project's programs read. */
export async function keepInFile(context: Context, flags: Flags, found: FoundVariables): Promise<number> {
  const { out, cwd } = context;
  const named = typeof flags.write === 'string' ? resolve(cwd, flags.write) : resolve(found.folder, FILE);
  const { file, before } = readBytes(named);
  const { written, unwritable } = linesOf(
    inOrder({ ...found.variables, ...listed(found.ofServices.toSorted()) }),
    'dotenv',
  );
  const after = withBlock(before ?? '', written.map(bytesOf), named);
  const isCurrent = after === (before ?? '');
  tellMissing(context, found, unwritable);
  // Nothing to write, and nowhere.
  const isNothing = before === undefined && after === '';
  if (flags.check) {
    if (flags.json) out.json({ file: named, up_to_date: isCurrent });
    else if (isCurrent && !isNothing) out.note(`${named} is up to date`);
    else if (!isCurrent)
      out.note(`${named} is out of date: styxy env --write${whichFile(flags)} brings it up to date`);
    return isCurrent ? 0 : 1;
  }
  if (!isCurrent) {
    if (!flags.force) {
      await requireUntracked([named, file]);
      if (before !== undefined) requireWritable(file);
    }
    await write(file, after);
  }
  if (flags.json) out.json({ file: named, changed: !isCurrent, variables: found.variables });
  else if (!isNothing)
    out.note(isCurrent ? `${named} is up to date` : `wrote ${written.length} lines into ${named}`);
  if (!isNothing) await tellDoubts(context, named, after, found);
  return 0;
}

/** Whichever services run at the moment. */
const inOrder = (variables: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const whichFile = ({ write }: Flags): string => (typeof write === 'string' ? ` ${write}` : '');

/** @throws StyxyError FILE_TRACKED */
async function requireUntracked(files: readonly string[]): Promise<void> {
  for (const file of new Set(files)) {
    if (!(await isTracked(file))) continue;
    throw new StyxyError('FILE_TRACKED', `${file} is a file that git tracks`, {
      why: 'ports belong to one worktree of one machine, and would reach everybody by the next commit',
      hint: 'name a file that git ignores, or add --force',
      details: { file },
    });
  }
}

const isTracked = (file: string): Promise<boolean> =>
  gitSaysYes(dirname(file), ['ls-files', '--error-unmatch', '--', file]);

/** A character for each byte: what its user wrote in another encoding than UTF-8 stays as it is. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** @returns the file that the name leads to, and what is in it, if it is there @throws StyxyError USAGE */
function readBytes(named: string): { file: string; before?: string } {
  let file = named;
  try {
    file = linkTarget(named);
    return { file, before: readRegular(file, LARGEST_OF_OTHERS, 'latin1') };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { file };
    throw new StyxyError('USAGE', `${named} is nothing that variables can be written into`, {
      why: messageOf(error),
      hint: 'name a regular file that you can read and write',
      cause: error,
    });
  }
}

/** A new file takes its place, which the permissions of the old one don't prevent. @throws StyxyError USAGE */
function requireWritable(file: string): void {
  if ((statSync(file).mode & 0o222) !== 0 && mayWrite(file)) return;
  throw new StyxyError('USAGE', `${file} is read-only`, {
    why: 'its permissions let you not write it',
    hint: 'make it writable, name another file, or add --force to replace it',
  });
}

function mayWrite(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function write(file: string, text: string): Promise<void> {
  await orUnwritable(file, () => replaceUserFile(file, Buffer.from(text, 'latin1'), { mode: NEW_FILE_MODE }));
}

async function tellDoubts(
  { out }: Context,
  file: string,
  text: string,
  { variables }: FoundVariables,
): Promise<void> {
  const double = alsoOutside(text, Object.keys(variables), file);
  if (double.length > 0)
    out.note(
      `styxy: ${double.join(', ')} also stands outside of the block: of two lines readers take the last`,
    );
  if (await isTracked(file)) {
    out.note(
      `styxy: git tracks ${file}: git rm --cached takes it out of the repository, and .gitignore keeps it out`,
    );
    return;
  }
  const folder = dirname(file);
  const isIn = await gitSaysYes(folder, ['rev-parse', '--is-inside-work-tree']);
  if (isIn && !(await gitSaysYes(folder, ['check-ignore', '--quiet', '--no-index', '--', file])))
    out.note(`styxy: git does not ignore ${file}: add it to .gitignore`);
}
