import type { Word } from '../text/word.ts';

/** What a command line asks a package manager to start. */
export interface ScriptCall {
  /** Looked up first, in the package.json of `dir`. */
  script: string | undefined;
  /** What runs when there is no such script: a program of the package, and its arguments. */
  program: readonly Word[];
  /** The words that the package manager appends to the script. */
  extra: readonly Word[];
  /** Relative to the command's folder; undefined when only the shell can know. */
  dir: string | undefined;
  /** Packages of a workspace in which it runs, instead of that of `dir`. */
  packages?: Selection;
  /** Whether it runs scripts by a shell that we can choose, so that their text can be exchanged. */
  writable: boolean;
  /** What must stand before words that are added at the end, for them to be passed on. */
  lead: readonly string[];
}

/** Packages of a workspace: each that has the script, or those that a filter names by name or folder. */
export interface Selection {
  filters: readonly (string | undefined)[];
  /** Without a workspace, the packages in the folder and below it. */
  isRecursive?: true;
}
