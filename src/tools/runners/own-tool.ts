import { familyOf } from '../families.ts';
import { asObject, parser, type Project } from '../project.ts';
import { entryPath } from '../sources/entry.ts';
import { commandsOf } from '../text/script.ts';
import type { PackageFile } from './package-file.ts';
import type { ScriptCall } from './script-call.ts';

/**
 * Whether a script is the tool of its name: in the repository of a tool, a script that is called like one of its
 * own programs and runs a file (`"nitro": "jiti src/cli.ts"`) is that program, and `pnpm nitro dev` is `nitro dev`.
 */
export function isOwnTool(
  { script, program }: ScriptCall,
  { name, dir, content: { bin } }: PackageFile,
  text: string,
  project: Project,
): boolean {
  if (script === undefined || program.length === 0 || familyOf(script) === undefined) return false;
  const programs = typeof bin === 'string' ? [name] : Object.keys(asObject(bin) ?? {});
  const parseShell = parser(project, 'shell');
  if (!programs.includes(script) || parseShell === undefined) return false;
  const last = commandsOf({ kind: 'file', text, place: undefined }, dir, parseShell).find(
    (each) => each.last,
  );
  return last !== undefined && entryPath(last)?.path !== undefined;
}
