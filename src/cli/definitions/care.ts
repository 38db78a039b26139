import type { Command } from 'commander';
import { jsonOption, type Define } from '../define.ts';

/** Commands that look after this installation. */
export function defineCare(define: Define, program: Command): void {
  define(
    program,
    'doctor',
    'check this installation, and say how to mend what is wrong; exit code 1 if something is',
    'styxy doctor',
    () => import('../commands/doctor.ts'),
  ).addOption(jsonOption());
}
