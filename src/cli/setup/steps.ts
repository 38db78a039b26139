/** One thing that setup or uninstall would do. */
export interface Step {
  name: string;
  /** What it is, for people: `hooks of claude-code`. */
  title: string;
  /** What is asked before it is done. */
  question: string;
  /** The files that change, and how; undefined: the file is not there. */
  files: readonly StepFile[];
  /** Other things that happen. */
  notes: readonly string[];
  /** @returns what the user should know, or do himself */
  apply: () => Promise<readonly string[]>;
}

export interface StepFile {
  path: string;
  before: string | undefined;
  after: string | undefined;
}
