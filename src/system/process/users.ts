import { userInfo } from 'node:os';
import { readTextOrNothing } from '../files/read-text.ts';

/** How to call a user: the name of /etc/passwd, else the number. Read once per call; users of a directory service stay numbers. */
export function userNames(): (uid: number) => string {
  const names = parsePasswd(readTextOrNothing('/etc/passwd') ?? '');
  return (uid) => names.get(uid) ?? String(uid);
}

/** uid -> name of a passwd(5) file; the first line wins, as for getpwuid(3). */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/** How the user of this process is called; a bare uid, as containers have them, has no name. */
export function ownUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
