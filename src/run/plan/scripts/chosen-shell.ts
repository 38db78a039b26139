import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readProjectFile } from '../project-files.ts';

/**
 * Where npm, pnpm and Yarn 1 read the script shell, in their order: variables, files of the project, of the user, of the
 * installation. The setting is named alike in all of them, and two of them in one project are the same choice.
 * @param folder of the package whose script runs
 */
export function chosenShell(folder: string, env: NodeJS.ProcessEnv): string | undefined {
  const [text] = settings(folder, env);
  return text === undefined ? undefined : inHome(withVariables(text, env), env);
}

function* settings(folder: string, env: NodeJS.ProcessEnv): Generator<string> {
  for (const [name, value] of Object.entries(env)) {
    if (/^(npm|pnpm)_config_script_shell$/i.test(name) && value) yield value;
  }
  for (let up = resolve(folder); ; up = dirname(up)) {
    yield* inFiles(up, ['.npmrc', '.yarnrc', 'pnpm-workspace.yaml']);
    if (up === dirname(up)) break;
  }
  const home = env.HOME ?? homedir();
  yield* inFiles(home, [env.npm_config_userconfig ?? '.npmrc', '.yarnrc']);
  const prefix = env.npm_config_prefix ?? dirname(dirname(process.execPath));
  yield* inFiles(prefix, [env.npm_config_globalconfig ?? join('etc', 'npmrc')]);
}

function* inFiles(folder: string, names: readonly string[]): Generator<string> {
  for (const name of names) {
    const value = settingIn(readProjectFile(folder, name) ?? '');
    if (value) yield value;
  }
}

/** `script-shell=/bin/bash` of .npmrc, `script-shell "/bin/bash"` of .yarnrc, `scriptShell: /bin/bash` of pnpm's file. */
function settingIn(text: string): string | undefined {
  const found = [...text.matchAll(/^\s*"?script(?:-s|S)hell"?(?:\s*[=:]\s*|[ \t]+)(.*?)\s*$/gm)];
  // The last one counts.
  return found.at(-1)?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
}

const withVariables = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replaceAll(/\$\{([^}?]+)\??\}/g, (whole, name: string) => env[name] ?? whole);

const inHome = (path: string, env: NodeJS.ProcessEnv): string =>
  path.startsWith('~/') ? join(env.HOME ?? homedir(), path.slice(2)) : path;
