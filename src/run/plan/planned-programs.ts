import type { Program } from '../../tools/program.ts';
import { serviceName } from '../../tools/service-name.ts';
import type { Elsewhere } from '../../tools/ports/elsewhere.ts';

/** A program that a command starts, as `--dry-run --json` tells of it. */
export interface PlannedProgram {
  name: string;
  tool: string | null;
  service_type: string | null;
  /** The port that it would take by itself. */
  port: number | null;
  /** Relative to where the command runs; null when only the shell can know. */
  folder: string | null;
  command: readonly string[];
  /** How it is given a port. */
  how: string;
  because: { file: string; line: number | null } | null;
}

function plannedProgram(program: Program): PlannedProgram {
  const { name, trail, tool, serviceType, port, folder, words, edits, place } = program;
  return {
    name: serviceName(trail.at(-1)?.name ?? name),
    tool: tool?.name ?? program.adapter ?? null,
    service_type: serviceType ?? null,
    port: port ?? null,
    folder: folder ?? null,
    command: words,
    how: edits.how,
    because: place ? { file: place.file, line: place.line ?? null } : null,
  };
}

/** The programs that listen, or all, where none is known to. */
export function listeningPrograms(programs: readonly Program[]): PlannedProgram[] {
  const known = programs.filter(({ binds }) => binds === 'yes');
  return (known.length > 0 ? known : programs).map(plannedProgram);
}

/** For people: whether the same number in another place becomes the new one too. */
export function describeElsewhere({ text, place, follows }: Elsewhere): string {
  const where = place ? ` in ${place.file}` : '';
  return follows
    ? `${text}${where} gets the port too`
    : `${text}${where} keeps its number: this text can't be changed`;
}
