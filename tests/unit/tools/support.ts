import { TABLE } from '../../../src/tools/adapters/table.ts';
import type { PortPlan } from '../../../src/tools/plan.ts';
import { planPort as planPortWith } from '../../../src/tools/port-plan.ts';
import type { Project } from '../../../src/tools/project.ts';
import { parseShell } from '../../../src/tools/text/shell-parser.ts';
import { parseToml } from '../../../src/tools/text/toml-parser.ts';
import { parseYaml } from '../../../src/tools/text/yaml-parser.ts';

export const PORT = 3456;

export type Packages = Record<string, Record<string, string>>;

/** Texts by path; a value that is no text is written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

/** A project of the given files, with all that is known of tools at hand. */
export function projectOf(files: Files): Project {
  const text = (value: string | object | undefined) =>
    typeof value === 'object' ? JSON.stringify(value, null, 2) : value;
  return {
    readFile: (path) => (Object.hasOwn(files, path) ? text(files[path]) : undefined),
    folders: (path) => subfolders(Object.keys(files), path),
    library: { shell: parseShell, yaml: parseYaml, toml: parseToml, tools: TABLE },
    parsed: new Map(),
    missing: new Set(),
  };
}

function subfolders(paths: readonly string[], folder: string): string[] {
  const lead = folder === '.' ? '' : `${folder}/`;
  const below = paths
    .filter((path) => path.startsWith(lead))
    .map((path) => path.slice(lead.length).split('/'));
  return [...new Set(below.filter((parts) => parts.length > 1).map(([first = '']) => first))];
}

/** Package.json files by folder. */
export function packages(folders: Packages): Project {
  const files = Object.entries(folders).map(([dir, scripts]): [string, object] => [
    dir === '.' ? 'package.json' : `${dir}/package.json`,
    { scripts },
  ]);
  return projectOf(Object.fromEntries(files));
}

export function planPort(argv: readonly string[], project: Project): PortPlan {
  return planPortWith(argv, project);
}

/** A plan for a command without quotes, in a folder whose package.json has these scripts. */
export function plan(command: string, scripts: Record<string, string> = {}): PortPlan {
  return planPort(command.split(' '), packages({ '.': scripts }));
}

/** The command that runs for port 3456. */
export function injected(command: string, scripts?: Record<string, string>): string {
  return plan(command, scripts).inject(PORT).argv.join(' ');
}

/** The text that the script has for port 3456, when `npm run dev` starts it; undefined when it is not changed. */
export function rewritten(script: string, others: Record<string, string> = {}): string | undefined {
  return plan('npm run dev', { ...others, dev: script }).inject(PORT).scripts?.[0]?.to;
}
