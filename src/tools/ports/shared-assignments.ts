import type { Program } from '../program.ts';
import { portNumber } from '../match/port-text.ts';
import type { Command } from '../text/command.ts';
import type { Assignment } from '../text/word.ts';

/** A server whose command is told apart from the others. */
export interface Apart {
  program: Program;
  /** Without the variables that are set for several of them at once. */
  command: Command;
  /** The number of PORT among those. */
  number: number | undefined;
}

/** The servers for which one place sets a variable: `PORT=3000 concurrently vite "node server.js"`. */
export function setTogether(servers: readonly Program[]): Apart[] {
  const all = servers.flatMap(({ command }) => command.assignments);
  const isShared = (own: Assignment): boolean => all.filter((each) => isSame(each, own)).length > 1;
  return servers.flatMap((program) => {
    const { command } = program;
    const shared = command.assignments.filter(isShared);
    if (shared.length === 0) return [];
    const assignments = command.assignments.filter((each) => !shared.includes(each));
    const port = shared.findLast(({ name }) => name === 'PORT')?.value;
    return [{ program, command: { ...command, assignments }, number: portNumber(port) || undefined }];
  });
}

const isSame = (one: Assignment, other: Assignment): boolean =>
  one.source === other.source && one.start === other.start;
