import { PAGES } from './tools/cases/pages.ts';
import { provePages } from './tools/support/prove-pages.ts';

/** `npm run e2e:tools` opens the pages of Next, Nuxt, Astro and Angular as well. */
provePages(PAGES.filter(({ name }) => name === 'vite'));
