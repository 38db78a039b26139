import { PAGES } from './cases/pages.ts';
import { provePages } from './support/prove-pages.ts';

provePages(PAGES);
