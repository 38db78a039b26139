/** A home and projects in it, for pictures alone: nothing of the user's own is used, or seen. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const styxy = join(root, 'bin/styxy.js');
const NOBODY = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b',
};

/**
 * @param {{ project: string, files: Record<string, string | object>, worktrees?: Record<string, string> }} scenario
 *   `worktrees`: folder to branch
 * @param {{ variables?: Record<string, string>, ports?: readonly [number, number] }} [options]
 *   `ports`: the first and the last that may be used, instead of those that every user has
 */
export function openStage({ project, files, worktrees = {} }, { variables = {}, ports } = {}) {
  const place = mkdtempSync(join(realpathSync(tmpdir()), 'spic-'));
  const home = join(place, 'home');
  const folder = join(home, project);
  writeFiles(folder, files);
  if (ports) writeFiles(home, { '.styxy/config.json': { service_types: typesIn(ports) } });
  mkdirSync(join(place, 'bin'));
  symlinkSync(styxy, join(place, 'bin/styxy'));
  const env = {
    HOME: home,
    LANG: 'C.UTF-8',
    PATH: `${join(place, 'bin')}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    STYXY_HTTP_PORT: '0',
    npm_config_update_notifier: 'false',
    ...variables,
  };
  const git = (...words) =>
    execFileSync('git', words, { cwd: folder, env: { ...env, ...NOBODY }, stdio: 'ignore' });
  git('init', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--message', 'A shop');
  for (const [name, branch] of Object.entries(worktrees))
    git('worktree', 'add', '-b', branch, join(home, name));
  const call = (words, cwd = folder) =>
    execFileSync(process.execPath, [styxy, ...words], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  return {
    place,
    folder,
    home,
    env,
    call,
    close() {
      for (const name of [project, ...Object.keys(worktrees)])
        attempt(() => call(['stop', '--all', '--yes'], join(home, name)));
      attempt(() => call(['daemon', 'stop']));
      rmSync(place, { recursive: true, force: true });
    },
  };
}

function writeFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
    );
  }
}

function typesIn([first, last]) {
  const middle = Math.floor((first + last) / 2);
  return {
    dev: { port_range: [first, middle], preferred_ports: [first] },
    api: { port_range: [middle + 1, last], preferred_ports: [middle + 1] },
  };
}

/** At the end there may be nothing left to stop. */
function attempt(action) {
  try {
    action();
  } catch {}
}
