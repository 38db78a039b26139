import { join } from 'node:path';
import { loadCompiled } from './compiled.ts';

/* Where the command starts: `styxy run -- <command>` needs other functions than the rest. */
const [first, second] = process.argv.slice(2);
const use = first === 'run' && second === '--' ? 'run' : 'cli';
loadCompiled(join(import.meta.dirname, 'cli.cjs'), use);
