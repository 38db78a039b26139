import { isKnownProgram } from './families.ts';
import { programName } from './text/command.ts';

/** They run a file or a module, which is what there is to know about. */
const RUNTIMES =
  /^(python|pythonw|py|ruby|php|perl|node|nodejs|babel-node|vite-node|jiti|tsx|ts-node|ts-node-dev|ts-node-esm|tsnd|bun|deno|go|cargo)[\d.]*$/;

/** An option that may carry a port. */
const PORT_OPTION = /^(-p|--port|--listen)(=|$)|^-p\d/;

/** Whether there is anything to find out: a program of the table, or one that starts others. */
export function isWorthReading(argv: readonly string[]): boolean {
  const [first = ''] = argv;
  const name = programName(first);
  return (
    /[\\/]/.test(first) ||
    RUNTIMES.test(name) ||
    isKnownProgram(name) ||
    argv.some((word) => PORT_OPTION.test(word))
  );
}
