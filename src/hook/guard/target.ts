/** What a command of an agent is about to end. */
export type Target =
  | { kind: 'port'; from: number; to: number }
  | { kind: 'pid'; pid: number }
  /** The process group of that leader. */
  | { kind: 'group'; pid: number }
  /** Every process that the user may signal: pid -1. */
  | { kind: 'every' }
  /** Every process of a user, by name or number. */
  | { kind: 'user'; user: string }
  /** A file that holds a pid. */
  | { kind: 'pid-file'; path: string; dir: string | undefined }
  /** Processes by their name or, with `isFull`, by their whole command line. */
  | { kind: 'name'; pattern: string; isFull: boolean; isExact: boolean; ignoresCase: boolean }
  /** Containers by name; every one, when there is none. */
  | { kind: 'container'; name: string | undefined }
  /** The containers of the compose file in a folder. */
  | { kind: 'compose'; dir: string | undefined }
  /** A service of a folder's worktree, as `styxy stop` takes it: name, type, port or lease id; all, when there is none. */
  | { kind: 'service'; name: string | undefined; dir: string | undefined };

/** A pid as `kill` reads it: a negative one is a group, -1 is everything. */
export function pidTarget(text: string): Target[] {
  if (text === '-1') return [{ kind: 'every' }];
  const [, minus, digits] = /^(-?)(\d+)$/.exec(text) ?? [];
  return digits === undefined ? [] : [{ kind: minus === '' ? 'pid' : 'group', pid: Number(digits) }];
}

export function userTargets(list: string | undefined): Target[] {
  return list === undefined ? [] : list.split(',').map((user) => ({ kind: 'user', user }));
}

export function portTarget(text: string): Target[] {
  const [, from, to = from] = /^:?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) ?? [];
  return from === undefined ? [] : [{ kind: 'port', from: Number(from), to: Number(to) }];
}

export function nameTarget(
  pattern: string,
  how: Partial<{ isFull: boolean; isExact: boolean; ignoresCase: boolean }> = {},
): Target {
  return { kind: 'name', pattern, isFull: false, isExact: false, ignoresCase: false, ...how };
}
