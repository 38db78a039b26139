import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findWorktree } from '../../../src/system/worktree.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'styxy-test-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const options = ['-c', 'protocol.file.allow=always', ...identity, '-C', folder, ...args];
  return execFileSync('git', options, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function folder(...parts: string[]): string {
  const path = join(base, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

function repository(name: string): string {
  const path = folder(name);
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'commit', '-q', '--allow-empty', '-m', 'first');
  return path;
}

test('a repository is found from a folder below it', () => {
  const app = repository('app');
  expect(findWorktree(folder('app', 'src', 'deep'))).toEqual({
    path: app,
    folder: 'src/deep',
    branch: 'main',
    repository: app,
    isLinked: false,
  });
});

test('a branch without a commit has its name already', () => {
  const path = folder('empty');
  git(path, 'init', '-q', '-b', 'trunk');
  expect(findWorktree(path).branch).toBe('trunk');
});

test('linked worktrees have folders and branches of their own, and one repository', () => {
  const app = repository('app');
  const other = join(base, 'other');
  git(app, 'worktree', 'add', '-q', '-b', 'feature/login', other);
  expect(findWorktree(folder('other', 'src'))).toEqual({
    path: other,
    folder: 'src',
    branch: 'feature/login',
    repository: app,
    isLinked: true,
  });
});

test('worktrees of a bare repository share its folder', () => {
  const app = repository('app');
  git(base, 'clone', '-q', '--bare', app, join(base, 'app.git'));
  for (const name of ['one', 'two']) {
    git(join(base, 'app.git'), 'worktree', 'add', '-q', '-b', name, join(base, name));
    expect(findWorktree(join(base, name))).toEqual({
      path: join(base, name),
      folder: '.',
      branch: name,
      repository: join(base, 'app.git'),
      isLinked: true,
    });
  }
});

test('a detached head is named by its commit', () => {
  const app = repository('app');
  git(app, 'checkout', '-q', '--detach');
  expect(findWorktree(app).branch).toBe(git(app, 'rev-parse', '--short=7', 'HEAD'));
});

test('a submodule is a worktree of a repository of its own', () => {
  const library = repository('library');
  const app = repository('app');
  git(app, 'submodule', '--quiet', 'add', library, 'lib');
  const found = findWorktree(join(app, 'lib'));
  expect(found).toMatchObject({ path: join(app, 'lib'), branch: 'main' });
  expect(found.repository).toBe(join(app, '.git', 'modules', 'lib'));
  expect(found.isLinked).toBe(false);
});

test('a linked worktree whose repository was moved away keeps its folder', () => {
  const app = repository('app');
  git(app, 'worktree', 'add', '-q', join(base, 'other'));
  rmSync(app, { recursive: true });
  expect(findWorktree(join(base, 'other'))).toEqual({
    path: join(base, 'other'),
    folder: '.',
    branch: null,
    repository: null,
    isLinked: false,
  });
});

test('a link to a worktree is the worktree', () => {
  const app = repository('app');
  symlinkSync(app, join(base, 'link'));
  expect(findWorktree(join(base, 'link')).path).toBe(app);
});

test('an empty .git folder is no repository, for git neither', () => {
  const app = repository('app');
  folder('app', 'inner', '.git');
  expect(findWorktree(join(app, 'inner')).path).toBe(git(join(app, 'inner'), 'rev-parse', '--show-toplevel'));
});

test('without git, the nearest folder with a package.json counts', () => {
  const project = folder('project');
  writeFileSync(join(project, 'package.json'), '{}');
  const nested = folder('project', 'packages', 'web');
  expect(findWorktree(folder('project', 'src'))).toEqual({
    path: project,
    folder: 'src',
    branch: null,
    repository: null,
    isLinked: false,
  });
  writeFileSync(join(nested, 'package.json'), '{}');
  expect(findWorktree(nested).path).toBe(nested);
});

test('without anything, the folder itself counts, also one that is gone', () => {
  const plain = folder('plain');
  expect(findWorktree(plain)).toEqual({
    path: plain,
    folder: '.',
    branch: null,
    isLinked: false,
    repository: null,
  });
  expect(findWorktree(join(base, 'gone')).path).toBe(join(base, 'gone'));
});

test('without git, a package of a workspace belongs to the root of the workspace', () => {
  const roots = {
    npm: { 'package.json': '{ "workspaces": ["apps/*"] }' },
    pnpm: { 'package.json': '{}', 'pnpm-workspace.yaml': 'packages: ["apps/*"]' },
    none: { 'package.json': '{}' },
  };
  for (const [name, files] of Object.entries(roots)) {
    const app = folder(name, 'apps', 'web');
    writeFileSync(join(app, 'package.json'), '{}');
    for (const [file, text] of Object.entries(files)) writeFileSync(join(base, name, file), text);
    const top = name === 'none' ? app : join(base, name);
    expect(findWorktree(app)).toMatchObject({ path: top, folder: name === 'none' ? '.' : 'apps/web' });
  }
});
