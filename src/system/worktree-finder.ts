import { constants } from 'node:fs';
import { access, open, realpath } from 'node:fs/promises';
import { LARGEST_OF_OTHERS } from './files/read-text.ts';
import { searchWorktree, type Answer, type FileQuestion, type Worktree } from './worktree.ts';

/** A disk that answers takes well below a millisecond for each. */
const LONGEST_ANSWER_MS = 300;
/** Branches change. ms */
const FRESH_FOR_MS = 2000;
/**
 * A question that a disk does not answer keeps a thread of this process, of which there are four. With more of them every
 * other question about a file would wait as well.
 */
const MOST_STUCK = 2;

/**
 * The worktrees around folders that belong to anybody: of a dead mount, of a slow disk. No question to a disk blocks this thread; a
 * folder that does not answer delays the others once, and has no worktree until it does.
 */
export function createWorktreeFinder(
  answer: (question: FileQuestion) => Promise<Answer> = answerLater,
  now: () => number = () => performance.now(),
): (folders: ReadonlySet<string>) => Promise<ReadonlyMap<string, Worktree>> {
  const known = new Map<string, { worktree: Worktree; at: number }>();
  const stuck = new Set<string>();

  async function search(folder: string): Promise<void> {
    const steps = searchWorktree(folder);
    let step = steps.next();
    while (!step.done) step = steps.next(await answeredInTime(folder, answer(step.value)));
    known.set(folder, { worktree: step.value, at: now() });
  }

  /** Ends with the first that does not answer, so that no more than one is stuck by it. */
  async function searchInTurn(due: Iterable<string>): Promise<void> {
    for (const folder of due) await search(folder);
  }

  /** @throws Error once it is too late */
  async function answeredInTime(folder: string, answered: Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        stuck.add(folder);
        void answered.finally(() => stuck.delete(folder));
        reject(new Error(`${folder} does not answer`));
      }, LONGEST_ANSWER_MS);
    });
    return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
  }

  return async (folders) => {
    for (const folder of known.keys()) if (!folders.has(folder)) known.delete(folder);
    const isDue = (folder: string): boolean =>
      !stuck.has(folder) && now() - (known.get(folder)?.at ?? -Infinity) > FRESH_FOR_MS;
    const due = [...folders].filter(isDue).values();
    const searches = Math.max(0, MOST_STUCK - stuck.size);
    await Promise.allSettled(Array.from({ length: searches }, () => searchInTurn(due)));
    return new Map([...known].map(([folder, { worktree }]) => [folder, worktree]));
  };
}

async function answerLater(question: FileQuestion): Promise<Answer> {
  try {
    if ('real' in question) return await realpath(question.real);
    if ('text' in question) return await readSmallTextLater(question.text);
    await access(question.exists);
    return true;
  } catch {
    return undefined;
  }
}

/** Never waits for anybody to write a pipe. */
async function readSmallTextLater(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= LARGEST_OF_OTHERS ? await file.readFile('utf8') : undefined;
  } finally {
    await file.close();
  }
}
