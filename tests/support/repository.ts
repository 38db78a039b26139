import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const PERSON = { name: 'A Tester', email: 'tester@example.invalid' };

/** A git repository in `folder`, with this many linked worktrees beside it. @returns the worktrees' paths */
export function makeWorktrees(folder: string, count: number): string[] {
  // A place of its own each time, so that a test can be tried again.
  const place = realpathSync(mkdtempSync(join(folder, 'worktrees-')));
  const repository = join(place, 'repository');
  mkdirSync(repository);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', `user.name=${PERSON.name}`, '-c', `user.email=${PERSON.email}`, ...args], {
      cwd: repository,
      env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
      stdio: 'pipe',
    });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  return Array.from({ length: count }, (_, index) => {
    const path = join(place, `tree-${index}`);
    git('worktree', 'add', '--quiet', '-b', `branch-${index}`, path);
    return path;
  });
}
