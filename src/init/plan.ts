import { parser, type Project } from '../tools/project.ts';
import { type PackageFile, readPackage, workspacePackages } from '../tools/runners/package-file.ts';
import { planScript, type ScriptPlan } from './scripts.ts';

export interface InitWishes {
  /** The scripts' way to the wrapper, for a package in this folder. */
  wrapper: (dir: string) => readonly string[];
  /** Only these scripts, by `name` or `folder:name`. */
  only?: readonly string[];
  /** Not these. */
  except?: readonly string[];
  /** These too, whatever they look like. */
  also?: readonly string[];
}

/** What `styxy init` would make of a project: each of its scripts. */
export interface InitPlan {
  packages: readonly PackageFile[];
  scripts: readonly ScriptPlan[];
}

/** The packages of the project whose top is `.`: the one there, those of its workspace, and those that its scripts run. */
export function planInit(project: Project, wishes: InitWishes): InitPlan {
  const parseShell = parser(project, 'shell');
  const packages = new Map<string, PackageFile>();
  const scripts: ScriptPlan[] = [];
  if (parseShell === undefined) return { packages: [], scripts };
  const found = [readPackage(project, '.'), ...workspacePackages(project, '.')];
  const waiting = found.filter((each) => each !== undefined);
  for (let own = waiting.shift(); own !== undefined; own = waiting.shift()) {
    if (packages.has(own.dir)) continue;
    packages.set(own.dir, own);
    for (const name of Object.keys(own.scripts)) {
      const plan = planScript(own, name, { project, parseShell }, choice(own, name, wishes));
      scripts.push(
        isLeftOut(own, name, wishes) ? { ...plan, after: plan.before, servers: [], isUnsure: false } : plan,
      );
      waiting.push(...plan.runs.filter(isInside).flatMap((dir) => readPackage(project, dir) ?? []));
    }
  }
  return { packages: [...packages.values()], scripts };
}

function choice(own: PackageFile, name: string, { wrapper, also = [] }: InitWishes) {
  return { wrapper: wrapper(own.dir), also: isNamed(own, name, also) };
}

function isLeftOut(own: PackageFile, name: string, { only, except = [] }: InitWishes): boolean {
  return isNamed(own, name, except) || (only !== undefined && !isNamed(own, name, only));
}

/** By `dev`, `apps/web:dev` or, in package web, `web:dev`. A script may have a colon in its name. */
function isNamed({ dir, name: title }: PackageFile, script: string, names: readonly string[]): boolean {
  return names.some(
    (each) =>
      each === script ||
      each === `${dir}:${script}` ||
      (title !== undefined && each === `${title}:${script}`),
  );
}

function isInside(dir: string): boolean {
  return !/^(\.\.(\/|$)|\/|[a-z]:)/i.test(dir) && !dir.includes('node_modules');
}

/** The scripts that are to change. */
export function changedScripts({ scripts }: InitPlan): ScriptPlan[] {
  return scripts.filter(({ before, after }) => before !== after);
}
