import { fileArgument, moduleOf, readInvocation, withoutExtension } from './match/invocation.ts';
import { isOutside, packageFolder, parentOf } from './package-folder.ts';
import type { Program } from './program.ts';
import type { Project } from './project.ts';
import { isWorkspace, readPackage } from './runners/package-file.ts';
import type { Step } from './runners/start.ts';
import { serviceName } from './service-name.ts';
import { baseName, fileIn, joinDir, programName } from './text/command.ts';

/** What a service is, and what to call it. */
export interface ServiceIdentity {
  /** Of its package, relative to the worktree; '' for the top. */
  folder: string;
  /** What runs, as seen from that folder: a script or task by its name, a tool, the path of a program. */
  program: string;
  /** Where several services would have the same name, the daemon makes longer ones of it. */
  name: string;
}

/** What a command runs, in a folder relative to the command's. */
interface Run {
  dir: string;
  program: string;
  name: string;
  /** A script of package.json. */
  script?: string;
}

/** File names that say nothing of the program. */
const NAMELESS_FILES = /^(server|index|main|app|__main__|mod)$/i;
/** Folders that hold programs, and are not named after them. */
const NAMELESS_FOLDERS = /^(src|source|dist|build|lib|out|output|bin|cmd|target|app|server|\..*)$/i;
/** The scripts by which a package is started, the first that it has. */
const MAIN_SCRIPTS = ['dev', 'start', 'serve'];

/**
 * A service is named after what its command runs in the end: the script of the package whose program it is, whatever
 * leads there from other packages; the command's own script where that starts programs of several packages.
 */
function identityOf(own: Program, programs: readonly Program[], project: Project): ServiceIdentity {
  return identityFrom(
    startsSeveral(programs, project) ? outermost(own, programs) : innermost(own, project),
    project,
  );
}

function identityFrom(run: Run, project: Project): ServiceIdentity {
  const folder = folderOf(run.dir, project);
  return {
    folder,
    program: run.script ?? pathFrom(folder, run, project),
    name: serviceName(nameInWorkspace(run, folder, project)),
  };
}

/**
 * Of several servers each is named after the first script, task or process that leads to it alone. Where one script
 * starts several programs, the first is called like the script, and the others are called what they are.
 */
export function identitiesOf(
  servers: readonly Program[],
  programs: readonly Program[],
  project: Project,
): ServiceIdentity[] {
  const [own] = servers;
  if (servers.length === 1) return [identityOf(own!, programs, project)];
  const common = commonSteps(servers.map(({ trail }) => trail));
  const all = servers.map((server, index) => {
    const trail = server.trail.slice(common);
    if (trail.length > 0) return ownIdentity({ ...server, trail }, project);
    return identityFrom(index === 0 ? innermost(server, project) : directRun(server), project);
  });
  const placed = all.map((each) => withFolder(each, all));
  // The first port of a container is what its name means, also where that is called like its script.
  const meant = own!.hostPorts.length > 0 ? [identityFrom(directRun(own!), project)] : [];
  return placed.reduce<ServiceIdentity[]>(
    (known, each, index) => [...known, distinctFrom(index === 0 ? known : [...meant, ...known], each)],
    [],
  );
}

/** A process is called as its list says, whatever it runs. */
function ownIdentity(server: Program, project: Project): ServiceIdentity {
  const identity = identityFrom(innermost(server, project), project);
  const listed = server.trail.find(({ kind }) => kind === 'process');
  return listed ? { ...identity, name: serviceName(listed.name) } : identity;
}

function commonSteps(trails: readonly (readonly Step[])[]): number {
  const [first = [], ...others] = trails;
  const isCommon = (step: Step, at: number): boolean =>
    others.every((trail) => trail[at]?.name === step.name && trail[at].place?.file === step.place?.file);
  const end = first.findIndex((step, at) => !isCommon(step, at));
  return end < 0 ? first.length : end;
}

/** Those of one name in several folders are called like their folders. */
function withFolder(own: ServiceIdentity, all: readonly ServiceIdentity[]): ServiceIdentity {
  const { folder, name } = own;
  const short = folder.replace(/^.*\//, '');
  if (short === '' || all.every((each) => each.name !== name || each.folder === folder)) return own;
  return { ...own, name: serviceName(MAIN_SCRIPTS.includes(name) ? short : `${short}-${name}`) };
}

function distinctFrom(known: readonly ServiceIdentity[], own: ServiceIdentity): ServiceIdentity {
  const isTaken = (name: string): boolean => known.some((each) => each.name === name);
  const isSame = known.some(({ folder, program }) => folder === own.folder && program === own.program);
  if (!isTaken(own.name) && !isSame) return own;
  let count = 2;
  while (isTaken(`${own.name}-${count}`)) count += 1;
  const name = isTaken(own.name) ? `${own.name}-${count}` : own.name;
  return { ...own, name, program: isSame ? `${own.program} ${count}` : own.program };
}

function folderOf(dir: string | undefined, project: Project): string {
  const has = (each: string): boolean => project.readFile(fileIn(each, 'package.json')) !== undefined;
  return packageFolder(dir ?? '.', hereOf(project), has);
}

const hereOf = ({ here }: Project): string => here?.folder ?? '.';

/** They belong to different packages. */
function startsSeveral(programs: readonly Program[], project: Project): boolean {
  return new Set(programs.map(({ folder }) => folderOf(folder, project))).size > 1;
}

function outermost(own: Program, programs: readonly Program[]): Run {
  const [first] = own.trail;
  if (first === undefined) return directRun(own);
  const isCommon = programs.every(({ trail }) => trail[0]?.place?.file === first.place?.file);
  return isCommon ? stepRun(first) : { dir: '.', program: first.name, name: first.name };
}

/** The first script of the program's own package; where none is, the last step that led to the program. */
function innermost(own: Program, project: Project): Run {
  const { trail, folder } = own;
  const home = folderOf(folder ?? dirOf(trail.at(-1)), project);
  const step = trail.find((each) => folderOf(dirOf(each), project) === home) ?? trail.at(-1);
  return step ? stepRun(step) : directRun(own);
}

function stepRun(step: Step): Run {
  const { name, kind } = step;
  return { dir: dirOf(step), program: name, name, ...(kind === 'script' && { script: name }) };
}

const dirOf = (step: Step | undefined): string => parentOf(step?.place?.file ?? 'package.json');

function directRun({ command: { words, dir = '.' }, tool, hostPorts, name }: Program): Run {
  const [published] = hostPorts;
  if (published) return { dir, program: published.name, name: published.name };
  if (tool) return { dir, program: tool.name, name: tool.name };
  const module = moduleOf(readInvocation(words)?.program);
  const file = module?.replaceAll('.', '/') ?? fileArgument(words);
  const path = file ?? words[0]?.value;
  if (path !== undefined && !path.startsWith('@') && /[\\/.]/.test(path))
    return { dir, program: path, name: nameOfFile(path, dir) };
  const program = file ?? programName(words[0]?.value ?? '');
  return { dir, program, name: name ?? program };
}

/** `web` of `web/server.js`. */
function nameOfFile(path: string, dir: string): string {
  const file = withoutExtension(baseName(path));
  if (!NAMELESS_FILES.test(file) && /\w/.test(file)) return file;
  const whole = isOutside(path) ? '' : (joinDir(dir, path) ?? path);
  const folders = whole.split('/').slice(0, /\w/.test(file) ? -1 : undefined);
  return folders.findLast((folder) => !NAMELESS_FOLDERS.test(folder)) ?? file;
}

/** A program of the same name in another folder of the package is another one. */
function pathFrom(folder: string, { dir, program }: Run, project: Project): string {
  const top = `${project.here?.top ?? ''}/`;
  const plain = program.startsWith(top) ? program.slice(top.length) : undefined;
  const path = plain ?? joinDir(joinDir(hereOf(project), dir), program) ?? program;
  if (isOutside(path)) return program;
  return folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Where a workspace has several packages, they are named; their main script needs no other name. */
function nameInWorkspace({ dir, name, script }: Run, folder: string, project: Project): string {
  if (folder === '') return name;
  const levels = depthFrom(folder, joinDir(hereOf(project), dir) ?? folder);
  const packageDir = joinDir(dir, '../'.repeat(levels)) ?? dir;
  if (!isInWorkspace(packageDir, folder, project)) return name;
  const own = readPackage(project, packageDir);
  const short = (own?.name ?? folder).replace(/^.*\//, '');
  const main = MAIN_SCRIPTS.find((each) => Object.hasOwn(own?.scripts ?? {}, each));
  const isMain =
    script === undefined ? name === short || name === folder.replace(/^.*\//, '') : script === main;
  return isMain ? short : `${short}-${name}`;
}

const depthFrom = (folder: string, path: string): number =>
  path === folder ? 0 : path.slice(folder.length + 1).split('/').length;

function isInWorkspace(packageDir: string, folder: string, project: Project): boolean {
  let dir = packageDir;
  for (let at = folder; at !== '.'; at = parentOf(at)) {
    dir = parentOf(dir);
    if (isWorkspace(project, dir)) return true;
  }
  return false;
}
