import { ALL } from './tools/cases/all.ts';
import { proveTools } from './tools/support/prove-tools.ts';

/** Of those that `npm run e2e:tools` runs, some that are quickly installed and take their port in different ways. */
const QUICK = ['vite', 'serve', 'express', 'node --watch', 'python http.server'];

proveTools(ALL.filter(({ name }) => QUICK.includes(name)));
