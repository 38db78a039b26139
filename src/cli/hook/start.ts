import { join } from 'node:path';
import { loadCompiled } from '../compiled.ts';

/* Where the hook starts, which runs before every command of an agent. */
loadCompiled(join(import.meta.dirname, 'hook-main.cjs'), 'hook', { require, module });
