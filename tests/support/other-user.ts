import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The user without any rights, on every Linux. */
export const NOBODY = 65_534;

const via = ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a test needs to run Styxy as another user. */
export interface OtherUser {
  /** Put before a command, it runs as that user. */
  readonly via: readonly string[];
  /** A folder that everybody can enter. */
  readonly place: string;
  /** A folder in there that belongs to that user, and is empty. */
  readonly folder: string;
  /** Styxy's command at a place that this user can enter: the checkout itself may lie in a closed folder. */
  readonly bin: string;
  /** Copies a program to such a place. @returns its path */
  copy(program: string): string;
  remove(): void;
}

/** Why this test run can't be two users, if it can't. */
export function whyNoOtherUser(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can be two users';
  if (asNobody('true').error) return 'setpriv is not installed';
  if (asNobody(process.execPath, '--version').status !== 0) return 'other users can not run this Node';
  return publicPlace() === undefined ? 'there is no temporary folder that other users can enter' : undefined;
}

/** The user "nobody", with a copy of the built command. Only where `whyNoOtherUser` gives no reason. */
export function becomeNobody(): OtherUser {
  const place = mkdtempSync(join(publicPlace() ?? tmpdir(), 'styxy-nobody-'));
  chmodSync(place, 0o755);
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(place, part), { recursive: true });
  const folder = join(place, 'home');
  mkdirSync(folder);
  chownSync(folder, NOBODY, NOBODY);
  return {
    via,
    place,
    folder,
    bin: join(place, 'bin', 'styxy.js'),
    copy(program) {
      const path = join(place, basename(program));
      cpSync(program, path);
      return path;
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}

const asNobody = (...words: readonly string[]) => spawnSync(via[0] ?? '', [...via.slice(1), ...words]);

const publicPlace = (): string | undefined =>
  [tmpdir(), '/tmp', '/var/tmp'].find(
    (place) => isWritable(place) && asNobody('test', '-x', place).status === 0,
  );

function isWritable(place: string): boolean {
  try {
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
