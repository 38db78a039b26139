import type { Project } from '../project.ts';
import { wholeCommand } from '../programs.ts';
import { readManager } from './manager-call.ts';
import { readPackage } from './package-file.ts';

/** npm has a meaning for these without a script. */
const BUILT_IN = ['start', 'stop', 'restart', 'test'];

/** The script that a package manager is asked for and that its package.json does not have. */
export function missingScript(argv: readonly string[], project: Project): string | undefined {
  const command = wholeCommand({ kind: 'argv', words: [...argv] });
  const call = readManager(command.words);
  if (call?.script === undefined || call.dir === undefined || call.packages) return undefined;
  if (call.program.length > 0 || BUILT_IN.includes(call.script)) return undefined;
  const own = readPackage(project, call.dir);
  return own && !Object.hasOwn(own.scripts, call.script) ? call.script : undefined;
}
