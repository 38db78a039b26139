import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readProjectFile } from '../project-files.ts';

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
  for (const file of filesOf(folder, env, npm)) {
    const found = settingsIn(file).find((each) => !isKnown(each));
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

function filesOf(folder: string, env: NodeJS.ProcessEnv, npm: string | undefined): string[] {
  const files: string[] = [];
  for (let up = resolve(folder); ; up = dirname(up)) {
    files.push(join(up, '.npmrc'));
    if (up === dirname(up)) break;
  }
  const prefix = env.npm_config_prefix ?? dirname(dirname(process.execPath));
  return [
    ...files,
    env.npm_config_userconfig ?? join(env.HOME ?? homedir(), '.npmrc'),
    env.npm_config_globalconfig ?? join(prefix, 'etc', 'npmrc'),
    ...(npm === undefined ? [] : [join(npm, 'npmrc')]),
  ];
}
