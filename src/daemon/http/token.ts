import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { readRegular } from '../../system/files/read-text.ts';
import { replaceFile } from '../../system/files/replace.ts';

const TOKEN = /^[\w-]{43}\n?$/;

/**
 * The token of the last daemon, so that a crash or an upgrade signs nobody out; a new one where there is none, or where
 * others could have read or written it. Readable by this user only, from its first byte on. Never logged, never in an
 * answer.
 */
export async function keepToken(path: string): Promise<string> {
  const known = readToken(path);
  if (known !== undefined) return known;
  const token = randomBytes(32).toString('base64url');
  await writeToken(path, token);
  return token;
}

export const writeToken = (path: string, token: string): Promise<void> =>
  replaceFile(path, `${token}\n`, 0o600);

function readToken(path: string): string | undefined {
  try {
    const stats = lstatSync(path);
    const isOwn = process.platform === 'win32' || stats.uid === process.geteuid?.();
    const isPrivate = process.platform === 'win32' || (stats.mode & 0o077) === 0;
    if (!stats.isFile() || !isOwn || !isPrivate) return undefined;
    const text = readRegular(path, 100);
    return TOKEN.test(text) ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
