import { expect, test } from 'vitest';
import { createWorktreeFinder } from '../../../src/system/worktree-finder.ts';
import type { Answer, FileQuestion } from '../../../src/system/worktree.ts';

/** A disk with a repository in each folder below `/good`, and folders below `/dead` that do not answer until told. */
function disk() {
  const waiting: (() => void)[] = [];
  const questions: string[] = [];
  const pathOf = (question: FileQuestion): string => Object.values(question)[0] as string;
  const answer = async (question: FileQuestion): Promise<Answer> => {
    const path = pathOf(question);
    questions.push(path);
    if (path.startsWith('/dead')) await new Promise<void>((resolve) => waiting.push(resolve));
    if ('real' in question) return path;
    if ('text' in question) return path.endsWith('HEAD') ? 'ref: refs/heads/main\n' : undefined;
    return /^\/(good|dead)\/\w+\/\.git(\/HEAD)?$/.test(path);
  };
  return { answer, questions, revive: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

test('a folder that does not answer has no worktree, and the others have theirs', async () => {
  const { answer, questions } = disk();
  const find = createWorktreeFinder(answer);
  const folders = new Set(['/dead/a', '/good/b']);
  const found = await find(folders);
  expect([...found].map(([folder, { branch }]) => [folder, branch])).toEqual([['/good/b', 'main']]);
  const before = questions.length;
  expect([...(await find(folders)).keys()]).toEqual(['/good/b']);
  expect(questions.length, 'what is stuck is not asked again, and what is known is not asked so soon').toBe(
    before,
  );
});

test('it has one again once it answers', async () => {
  const { answer, revive } = disk();
  let now = 0;
  const find = createWorktreeFinder(answer, () => now);
  const folders = new Set(['/dead/a']);
  expect((await find(folders)).size).toBe(0);
  const reviving = setInterval(revive, 5);
  now = 10_000;
  await expect.poll(async () => (await find(folders)).get('/dead/a')?.branch).toBe('main');
  clearInterval(reviving);
});

test('with two that hang nothing is asked: the rest is told as it was', async () => {
  const { answer, questions } = disk();
  let now = 0;
  const find = createWorktreeFinder(answer, () => now);
  await find(new Set(['/good/b']));
  await find(new Set(['/good/b', '/dead/a', '/dead/c']));
  now = 60_000;
  const before = questions.length;
  expect([...(await find(new Set(['/good/b', '/good/d']))).keys()]).toEqual(['/good/b']);
  expect(questions.length).toBe(before);
});

test('of many that hang no more than two are asked at all', async () => {
  const { answer, questions, revive } = disk();
  const find = createWorktreeFinder(answer);
  await find(new Set(['/dead/a', '/dead/b', '/dead/c', '/dead/d']));
  expect(questions).toHaveLength(2);
  revive();
  // One thread is taken: one more may be.
  const later = disk();
  const findLater = createWorktreeFinder(later.answer);
  await findLater(new Set(['/dead/a']));
  await findLater(new Set(['/dead/a', '/dead/b', '/dead/c']));
  expect(later.questions).toHaveLength(2);
});
