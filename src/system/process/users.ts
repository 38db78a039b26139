import { readFileSync } from 'node:fs';

/** How to call a user: the name of /etc/passwd, else the number. Read once per call; users of a directory service stay numbers. */
export function userNames(): (uid: number) => string {
  const names = parsePasswd(readPasswd());
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

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
