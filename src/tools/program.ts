import type { Tool } from './adapters/tool.ts';
import type { PortEdits } from './ports/way.ts';
import type { HostPort, Step } from './runners/start.ts';
import type { Command } from './text/command.ts';
import type { Place } from './text/word.ts';

/** A program that a command starts, what it is, which port it takes, and how that is changed. */
export interface Program {
  /** What to call it: its tool, its file, its container. */
  name: string | undefined;
  /** For people: `next dev`. */
  label: string;
  /** undefined when nothing is known of it. */
  adapter: string | undefined;
  serviceType: string | undefined;
  tool: Tool | undefined;
  /** `likely`: code of one's own that can't be read (yet); `maybe`: a program that nothing is known of. */
  binds: 'yes' | 'likely' | 'maybe';
  /** The port it would take: what its command says, else its default. */
  port: number | undefined;
  /** Where the user has written that port, when it is a file that the program reads: no command, no script. */
  written?: Place | undefined;
  /** Relative to where the command runs; undefined when only the shell can know. */
  folder: string | undefined;
  words: readonly string[];
  trail: readonly Step[];
  place: Place | undefined;
  edits: PortEdits;
  command: Command;
  hostPorts: readonly HostPort[];
}
