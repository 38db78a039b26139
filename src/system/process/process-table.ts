import type { MayBeYounger } from './pid-order.ts';
/**
 * One process, and no later one with the same pid. Pids come back (after 32,768 forks on some machines, a minute's
 * work); a pid together with its start time doesn't, until the machine starts anew.
 */
export interface ProcessIdentity {
  pid: number;
  /** When the kernel started it, in a form of the platform's own: only good to compare. */
  startTime: string;
}

/** A living process. One that ended, also one that its parent has not collected yet (a zombie), has no row. */
export interface ProcessRow extends ProcessIdentity {
  parent: number;
}

export interface ProcessDescription {
  pid: number;
  /** The command line, its arguments joined by blanks; the program's name when there is none. */
  command: string | null;
  cwd: string | null;
  user: string | null;
  /** ISO 8601, right to the second. */
  startedAt: string | null;
}

/** A way to walk from process to process without reading each of them from a program's output. */
export interface ProcessView {
  read: (pid: number) => ProcessRow | undefined;
  childrenOf: (pid: number) => number[];
}

/** What a platform knows about processes. Everything is read anew at each call. */
export interface ProcessTable {
  read: (pid: number) => ProcessRow | undefined;
  readAll: () => ProcessRow[];
  /** Undefined where looking at a few processes costs as much as reading all. */
  view: () => ProcessView | undefined;
  /** Who was started with this environment variable, by its value. Values have no blanks. Not every platform can leave others out. */
  findAllMarked: (name: string, isCandidate?: MayBeYounger) => Promise<Map<string, ProcessIdentity[]>>;
  /** For several processes in a row: what they have in common is read once. */
  describer: () => (pid: number) => ProcessDescription | undefined;
  bootId: () => string;
}
