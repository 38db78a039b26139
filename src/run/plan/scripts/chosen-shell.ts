import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { readProjectFile } from '../project-files.ts';
import { npmrcFiles } from './npm-settings.ts';

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
  const { project, user, global } = npmrcFiles(folder, env);
  for (const file of project)
    yield* inFiles([file, ...['.yarnrc', 'pnpm-workspace.yaml'].map((name) => join(dirname(file), name))]);
  yield* inFiles([user, join(env.HOME ?? homedir(), '.yarnrc'), global]);
}

function* inFiles(files: readonly string[]): Generator<string> {
  for (const file of files) {
    const value = settingIn(readProjectFile('/', file) ?? '');
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
