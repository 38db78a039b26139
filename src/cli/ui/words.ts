import type { Command } from 'commander';
import type { Define } from '../words/define.ts';

export function defineUi(define: Define, program: Command): void {
  define(
    program,
    'ui',
    'all services on the whole terminal, live: see, open, stop and start them again, read their logs; ? shows the keys. Without a command it is what begins at a terminal',
    'styxy ui',
    () => import('./ui.ts'),
  ).summary('see and steer all of it on the whole terminal');
}
