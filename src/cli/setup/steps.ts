import { StyxyError } from '../../base/styxy-error.ts';

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

/** What can be done, and why the rest can't. */
export interface Steps {
  steps: readonly Step[];
  failures: readonly StyxyError[];
}

export const inOneLine = ({ message, why }: StyxyError): string => [message, why].filter(Boolean).join(': ');

/** What is broken in one place must not keep a user from the others. */
export async function gatherSteps(
  sources: readonly (() => readonly Step[] | Promise<readonly Step[]>)[],
): Promise<Steps> {
  const steps: Step[] = [];
  const failures: StyxyError[] = [];
  for (const source of sources) {
    try {
      steps.push(...(await source()));
    } catch (error) {
      if (!(error instanceof StyxyError)) throw error;
      failures.push(error);
    }
  }
  return { steps, failures };
}
