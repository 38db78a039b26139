import { ALL } from './cases/all.ts';
import { proveTools } from './support/prove-tools.ts';

proveTools(ALL);
