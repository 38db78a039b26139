import { homedir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import { readProjectFile } from '../project-files.ts';
import { foldersUp } from './read-package.ts';

/** Settings that are about installing, publishing and npm's own words, or that are read here: no script starts otherwise. */
const WITHOUT_EFFECT = new RegExp(
  '^(' +
    '//.*|@.*:registry|registry|_.*|always-auth|email|username|password|otp|access|tag|before|allow-scripts|' +
    'save.*|audit.*|fund|package-lock.*|lockfile-version|omit.*|include.*|optional|production|dev|also|only|install-.*|legacy-.*|' +
    'strict-(ssl|peer-deps)|engine-strict|peer|auto-install-peers|node-linker|hoist.*|public-hoist.*|shamefully-hoist|' +
    'cache.*|ca|cafile|cert|key|proxy|https-proxy|noproxy|fetch.*|maxsockets|local-address|offline|prefer-.*|' +
    'update-notifier|progress|loglevel|logs-.*|timing|heading|browser|editor|init[.-].*|yes|git.*|sign-git.*|message|viewer|' +
    'nodedir|node-gyp|npm-version|python|build-from-source|user-agent|userconfig|globalconfig|prefix|global-prefix|' +
    'local-prefix|script-shell|link-workspace-packages' +
    ')$',
);

/** In a file they name another one, which is not read here. */
const LEADS_ELSEWHERE = /^(user|global)config$/;

/**
 * What npm was told that would start a script in a way that is not known here: `node-options`, `ignore-scripts`,
 * `workspace`, `if-present`, `foreground-scripts`, and whatever is new.
 * @returns for people; undefined when there is nothing
 */
export function unknownSetting(
  folder: string,
  env: NodeJS.ProcessEnv,
  npm: string | undefined,
): string | undefined {
  const ofVariables = Object.entries(env).flatMap(([name, value]) => {
    const setting = value && /^npm_config_(.+)$/i.exec(name)?.[1];
    return setting ? [setting.toLowerCase().replaceAll('_', '-')] : [];
  });
  const variable = ofVariables.find((each) => !isKnown(each));
  if (variable !== undefined) return `the environment sets ${variable} for npm`;
  const { project, user, global } = npmrcFiles(folder, env);
  for (const file of [...project, user, global, ...(npm === undefined ? [] : [join(npm, 'npmrc')])]) {
    const found = settingsIn(file).find((each) => !isKnown(each) || LEADS_ELSEWHERE.test(each));
    if (found !== undefined) return `${file} sets ${found}`;
  }
  // npm tells its scripts what runs it there.
  return env.CI ? 'it runs in CI' : undefined;
}

// Letters at the beginning stand for themselves, as `_auth` does for `-auth` in a variable.
const isKnown = (setting: string): boolean =>
  WITHOUT_EFFECT.test(setting) || WITHOUT_EFFECT.test(setting.replace(/^-/, '_'));

function settingsIn(file: string): string[] {
  const lines = (readProjectFile('/', file) ?? '').split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !/^[#;[]/.test(line))
    .map((line) => line.split('=')[0]!.trim().replace(/\[\]$/, '').toLowerCase());
}

/** The files that npm reads, from the nearest: of the project, of the user, of the installation. */
export function npmrcFiles(folder: string, env: NodeJS.ProcessEnv) {
  const prefix = npmVariable('prefix', env) ?? dirname(dirname(process.execPath));
  return {
    project: foldersUp(folder, parse(resolve(folder)).root).map((up) => join(up, '.npmrc')),
    user: resolve(folder, npmVariable('userconfig', env) ?? join(env.HOME ?? homedir(), '.npmrc')),
    global: resolve(folder, npmVariable('globalconfig', env) ?? join(prefix, 'etc', 'npmrc')),
  };
}

/** As npm reads it: in any spelling, not an empty one, the last of several. */
function npmVariable(setting: string, env: NodeJS.ProcessEnv): string | undefined {
  const name = `npm_config_${setting}`;
  return Object.entries(env).findLast(([each, value]) => value && each.toLowerCase() === name)?.[1];
}
