import { planPort as planPortWith, type PortPlan, type ReadPackage } from '../../../src/tools/port-plan.ts';
import { parseShell } from '../../../src/tools/shell-parser.ts';

export const PORT = 3456;

export type Packages = Record<string, Record<string, string>>;

/** Package.json files by folder, as `readPackage` is asked for them. */
export function packages(folders: Packages): ReadPackage {
  return (dir) => {
    const scripts = folders[dir];
    return scripts && { scripts };
  };
}

/** `planPort` with the real shell parser. */
export function planPort(argv: readonly string[], readPackage: ReadPackage): PortPlan {
  return planPortWith(argv, { readPackage, parseShell });
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
  return plan('npm run dev', { ...others, dev: script }).inject(PORT).scriptRewrite?.to;
}
