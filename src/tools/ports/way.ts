import type { VariableForm } from '../adapters/tool.ts';
import type { Edit } from '../text/edit.ts';
import type { CopySource } from '../text/word.ts';

/** How one program is given a port. */
export interface PortEdits {
  /** The port that its command gives it now. */
  wanted: number | undefined;
  /** Whether it will listen on the port it is given; false when it keeps its own, `unsure` when nothing is known of it. */
  reached: boolean | 'unsure';
  /** For people: the end of a sentence that begins with the program. */
  how: string;
  edits: (port: number) => readonly Edit[];
  /** The changed file that it is told to read. */
  copy?: CopySource;
  /** Variables that it needs beside PORT. */
  env: (port: number) => Record<string, string>;
  /** It can listen on `wanted` only. */
  isFixed?: boolean;
  /** The port of another server that it points at, and how that is changed. */
  target?: { number: number; edits: (port: number) => readonly Edit[] };
  /** It is reached by PORT in its environment. */
  readsPort?: boolean;
  /**
   * Present where the shell puts the variable into the program's words, so that it has to be there before the command:
   * the number, written in the variable's place. They are none where that can't be done.
   */
  inPlace?: (port: number) => readonly Edit[];
}

/** How a tool is given a port: the end of a sentence when there is no way. */
export interface Way {
  how: string;
  /** The variable that it reads. */
  variable?: VariableForm;
  /** Variables beside that one. */
  env?: PortEdits['env'];
  edits: (port: number) => readonly Edit[];
}
