import type { Command } from 'commander';
import type { Define } from '../define.ts';
import { defineAutoAllocation } from './auto-allocation.ts';

/** Commands about what can be configured. */
export function defineConfig(define: Define, program: Command): void {
  const config = program
    .command('config')
    .description('the configuration: what is in force, and who says so');
  defineAutoAllocation(define, config);
}
