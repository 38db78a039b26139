import type { VariableForm } from '../adapters/tool.ts';
import type { Edit } from '../text/edit.ts';

/** How one program is given a port. */
export interface PortEdits {
  /** The port that its command gives it now. */
  wanted: number | undefined;
  /** Whether it will listen on the port it is given; false when it keeps its own, `unsure` when nothing is known of it. */
  reached: boolean | 'unsure';
  /** For people: the end of a sentence that begins with the program. */
  how: string;
  /** They change at most one script, and argv. */
  edits: (port: number) => readonly Edit[];
  /** Variables that it needs. PORT is given to every program and does not stand here. */
  env: (port: number) => Record<string, string>;
}

/** How a tool is given a port: the end of a sentence when there is no way. */
export interface Way {
  how: string;
  /** The variable that it reads. */
  variable?: VariableForm;
  /** Variables beside that one. */
  env?: PortEdits['env'];
  /** The script that it changes. */
  script: object | undefined;
  edits: (port: number) => readonly Edit[];
}
