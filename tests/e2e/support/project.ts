import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, startProgram, type Exit } from '../../support/home.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Copies `examples/<name>` to a new folder, with the packages it names at hand as if npm had installed them. */
export function copyExample(name: string, to: string, packages: readonly string[] = []): string {
  cpSync(join(ROOT, 'examples', name), to, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  return withPackages(to, packages);
}

/** A project of the given files. */
export function writeProject(folder: string, files: Readonly<Record<string, string | object>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    );
  }
  return folder;
}

/** Makes a project a repository, all of it committed, with a second worktree of it. */
export function commitInTwoTrees(main: string, second: string): void {
  const git = (...command: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-C', main, ...command]);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'all');
  git('worktree', 'add', '-q', second);
}

/** Links packages of this repository, and Styxy itself, into a project's node_modules. */
export function withPackages(folder: string, packages: readonly string[]): string {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of packages)
    symlinkSync(name === 'styxy' ? ROOT : join(ROOT, 'node_modules', name), join(modules, name));
  if (packages.includes('styxy')) symlinkSync(BIN, join(modules, '.bin', 'styxy'));
  return folder;
}

/**
 * What npm and the programs it starts need of our environment to reach the registry. The cache is the user's own also
 * where HOME becomes another one, and what is in there is not asked for again.
 */
export function networkEnv(): Record<string, string> {
  const names =
    /^(PATH|HOME|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_(registry|cache))$/i;
  const own = Object.entries(process.env).filter(([name]) => names.test(name));
  return {
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Installs from the registry, into this folder only. */
export async function npmInstall(
  folder: string,
  packages: readonly string[],
  deadlineMs = 120_000,
): Promise<Exit> {
  const words = ['npm', 'install', '--no-save', '--no-package-lock', ...QUIET, ...packages];
  const exit = await startProgram(words, { cwd: folder, env: networkEnv() }).finished(deadlineMs);
  if (exit.code !== 0) throw new Error(exit.story);
  return exit;
}

/** Runs any program to its end. @throws when it fails */
export async function succeed(
  words: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>>; deadlineMs?: number },
): Promise<Exit> {
  const exit = await startProgram(words, options).finished(options.deadlineMs);
  if (exit.code !== 0) throw new Error(`${words.join(' ')}: ${exit.story}`);
  return exit;
}
