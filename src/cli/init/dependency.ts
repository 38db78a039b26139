import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { VERSION } from '../../protocol/version.ts';
import { LOCK_FILES, managerOf } from '../../run/plan/scripts/package-manager.ts';
import { readPackage } from '../../run/plan/scripts/read-package.ts';
import { readTextOrNothing } from '../../system/files/read-text.ts';
import { packageRoot } from '../../system/package-root.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import { snapshotTree } from '../../system/process/tree.ts';
import type { PackageFile } from '../../tools/runners/package-file.ts';
import { asObject } from '../../tools/project.ts';
import type { Context } from '../context.ts';
import { plainProgramLine } from '../print/program-output.ts';

/** How the project gets Styxy for everybody who installs it. */
export interface Dependency {
  /** package.json has it already. */
  isListed: boolean;
  /** What adds it. */
  command: readonly string[];
  /** This Styxy came from the registry, so that the same one can be had there. */
  isPublic: boolean;
}

/** Those that are texts. */
export const LOCK_TEXTS = Object.keys(LOCK_FILES).filter((name) => name !== 'bun.lockb');

/** A registry that does not answer must not keep anybody waiting. */
const LIMIT_MS = 90_000;
const GRACE_MS = 3000;
const LAST_LINES_MS = 1000;

export function dependencyOf(
  root: string,
  packages: readonly PackageFile[],
  env: NodeJS.ProcessEnv,
): Dependency {
  const isListed = packages.some(({ content }) =>
    [content.dependencies, content.devDependencies, content.optionalDependencies].some(
      (each) => asObject(each)?.styxy !== undefined,
    ),
  );
  const own = ownOrigin(packageRoot());
  const manager = existsSync(join(root, 'pnpm-workspace.yaml'))
    ? 'pnpm'
    : managerOf(readPackage(root) ?? { folder: root, scripts: {}, manager: undefined }, root, env);
  const command = addCommand(manager, own.spec, root, packages.length > 1);
  return { isListed, command, isPublic: own.isPublic };
}

function addCommand(manager: string, spec: string, root: string, isWorkspace: boolean): string[] {
  const isYarn1 = manager === 'yarn' && !existsSync(join(root, '.yarnrc.yml'));
  switch (manager) {
    case 'pnpm':
      return ['pnpm', 'add', '--save-dev', ...(isWorkspace ? ['--workspace-root'] : []), spec];
    case 'yarn':
      return ['yarn', 'add', '--dev', ...(isWorkspace && isYarn1 ? ['-W'] : []), spec];
    case 'bun':
      return ['bun', 'add', '--dev', spec];
    default:
      return ['npm', 'install', '--save-dev', spec];
  }
}

/** A package of the registry leaves its address in npm's hidden lock file, or its version in pnpm's store. */
function ownOrigin(root: string): { spec: string; isPublic: boolean } {
  const spec = `styxy@^${VERSION}`;
  const modules = dirname(root);
  if (basename(modules) !== 'node_modules') return { spec: root, isPublic: false };
  const lock = readTextOrNothing(join(modules, '.package-lock.json')) ?? '';
  const [, resolved = ''] = /"node_modules\/styxy": \{[^}]*?"resolved": "([^"]*)"/.exec(lock) ?? [];
  if (/^https?:/.test(resolved)) return { spec, isPublic: true };
  if (realpathSync(root).includes(join('.pnpm', `styxy@${VERSION}`))) return { spec, isPublic: true };
  return { spec: 'styxy', isPublic: false };
}

/** @returns why it could not be added; undefined when it was */
export async function addDependency(
  root: string,
  { command: [program = '', ...args] }: Dependency,
  { env, out }: Pick<Context, 'env' | 'out'>,
): Promise<string | undefined> {
  // Where it is shown what is waited for, that goes below what the package manager prints.
  const output = out.notesAreRead ? 'pipe' : 2;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...env, npm_config_fetch_retries: '0', npm_config_audit: 'false', npm_config_fund: 'false' },
      stdio: ['ignore', output, output],
      shell: process.platform === 'win32',
    });
    for (const input of [child.stdout, child.stderr])
      if (input) createInterface({ input }).on('line', (line) => out.note(plainProgramLine(line)));
    const timer = setTimeout(() => {
      if (child.pid !== undefined) void endProcesses(snapshotTree(child.pid), { graceMs: GRACE_MS });
    }, LIMIT_MS);
    child.once('error', ({ message }) => {
      clearTimeout(timer);
      resolve(message);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      const finish = (): void => {
        // What reads on keeps this command from its end.
        for (const input of [child.stdout, child.stderr]) input?.destroy();
        resolve(code === 0 ? undefined : `${program} ended with ${signal ?? code}`);
      };
      // Its last lines are on their way, unless what it has left behind keeps the pipe open.
      const late = setTimeout(finish, LAST_LINES_MS);
      child.once('close', () => {
        clearTimeout(late);
        finish();
      });
    });
  });
}
