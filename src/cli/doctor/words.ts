import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

export function defineDoctor(define: Define, program: Command): void {
  define(
    program,
    'doctor',
    'check this installation, and say how to mend what is wrong; exit code 1 if something is',
    'styxy doctor',
    () => import('./doctor.ts'),
  )
    .summary('check this installation, and say how to mend it')
    .addOption(jsonOption());
}
