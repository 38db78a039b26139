import { PAGE, SAYS, type ToolCase } from '../support/tool-case.ts';

const vite = {
  packages: ['vite@7'],
  default: 5173,
  says: SAYS,
} as const;

/** Files that run a server, as projects keep them: the port is given in a copy that is read instead. */
export const taskRunners: readonly ToolCase[] = [
  {
    ...vite,
    name: 'make',
    packages: [...vite.packages],
    needs: ['make', '--version'],
    files: { 'index.html': PAGE, Makefile: 'dev:\n\t@npx vite\n\nfixed:\n\t@npx vite --port {port}\n' },
    command: 'make dev',
    fixed: 'make fixed',
  },
  {
    ...vite,
    name: 'just',
    packages: ['rust-just@1', ...vite.packages],
    files: { 'index.html': PAGE, justfile: 'dev:\n    npx vite\n\nfixed:\n    npx vite --port {port}\n' },
    command: 'just dev',
    fixed: 'just fixed',
  },
  {
    ...vite,
    name: 'a shell script',
    files: {
      'index.html': PAGE,
      'dev.sh': '#!/bin/sh\nset -e\nexport MODE=dev\nexec npx vite "$@"\n',
      'fixed.sh': '#!/bin/sh\nnpx vite --port {port}\n',
    },
    command: 'sh dev.sh',
    fixed: 'sh fixed.sh',
  },
  {
    ...vite,
    name: 'foreman',
    needs: ['foreman', '--version'],
    files: {
      'index.html': PAGE,
      Procfile: 'web: npx vite\n',
      'Procfile.fixed': 'web: npx vite --port {port}\n',
    },
    command: 'foreman start',
    fixed: 'foreman start -f Procfile.fixed',
  },
];
