import { join } from 'node:path';
import { loadCompiled } from './compiled.ts';

/* Where the command starts. */
const [first = '', second = ''] = process.argv.slice(2);
loadCompiled(join(import.meta.dirname, 'cli.cjs'), useOf(first, second), { require, module });

/** What needs other functions of the same files than the rest; the daemon other flags of V8, too. */
function useOf(family: string, next: string): string {
  if (family === 'run' && next === '--') return 'run';
  return family === 'daemon' && next === 'run' ? 'daemon' : 'cli';
}
