import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

export function defineDashboard(define: Define, program: Command): void {
  define(
    program,
    'dashboard',
    'open the page that shows what runs, whose it is and what is wrong, and ends it; it is signed in',
    'styxy dashboard',
    () => import('./dashboard.ts'),
  )
    .summary('open a page that shows all of it, in the browser')
    .addOption(jsonOption());
}
