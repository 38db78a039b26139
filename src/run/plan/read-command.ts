import { needsShellParser, planPort, type PortPlan } from '../../tools/port-plan.ts';
import type { ParseShell } from '../../tools/shell-parser.ts';
import { readPackage } from './read-package.ts';

/** What the command starts, and how that takes its port. Loads only what this command needs to be understood. */
export async function readCommand(command: readonly string[], cwd: string): Promise<PortPlan> {
  return planPort(command, {
    readPackage: (folder) => readPackage(cwd, folder),
    parseShell: needsShellParser(command) ? await loadShellParser() : noParser,
  });
}

async function loadShellParser(): Promise<ParseShell> {
  return (await import('../../tools/shell-parser.ts')).parseShell;
}

const noParser: ParseShell = () => {
  throw new Error('a script was found where none was expected');
};
