import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { foldersUp } from './read-package.ts';

/** Package managers and runners of tasks: what they run is written in the project. */
const RUNNERS = new Set(
  (
    'npm npx pnpm pnpx yarn yarnpkg bun bunx corepack deno nx turbo lerna make just task rake bundle mix cargo go gradle ' +
    'gradlew mvn mvnw poetry uv pipenv pdm hatch composer foreman overmind'
  ).split(' '),
);
const INTERPRETER =
  /^(node|nodemon|tsx|ts-node|python[\d.]*|ruby|perl|php|lua|sh|bash|zsh|dash|fish|pwsh|elixir|java)$/;

/**
 * Whether a command is the project's own code: its package manager, one of its programs, or an interpreter of a file of
 * it. Running that is consent to what is written there.
 */
export function runsOwnCode(
  [program = '', ...args]: readonly string[],
  { cwd, top }: { cwd: string; top: string },
): boolean {
  const name = basename(program).replace(/\.(exe|cmd|bat|ps1)$/i, '');
  if (RUNNERS.has(name)) return true;
  const isOwn = (path: string): boolean => isFileIn(top, resolve(cwd, path));
  if (program.includes('/')) return isOwn(program);
  if (foldersUp(cwd, top).some((folder) => existsSync(join(folder, 'node_modules', '.bin', program))))
    return true;
  return INTERPRETER.test(name) && args.some((arg) => !arg.startsWith('-') && isOwn(arg));
}

function isFileIn(top: string, path: string): boolean {
  try {
    const way = relative(realpathSync(top), realpathSync(path));
    return way !== '' && !way.startsWith('..') && statSync(path).isFile();
  } catch {
    return false;
  }
}
