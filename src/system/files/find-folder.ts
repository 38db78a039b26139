import { stat } from 'node:fs/promises';
import { systemCode } from '../../base/styxy-error.ts';

/** `unknown`: the system does not say, or not in time. */
export type FolderState = 'there' | 'gone' | 'unknown';

/** A disk that answers takes well below a millisecond. */
const LONGEST_ANSWER_MS = 200;

/**
 * Looks whether folders are there. A disk of another machine that does not answer keeps a thread of this process for as
 * long as it likes: while one question is open that was not answered in time, no other is asked.
 */
export function createFolderFinder(ask: (path: string) => Promise<unknown> = stat) {
  let isStuck = false;

  return async function findFolder(path: string): Promise<FolderState> {
    if (isStuck) return 'unknown';
    const answer = ask(path).then(
      (): FolderState => 'there',
      (error: unknown): FolderState =>
        ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '') ? 'gone' : 'unknown',
    );
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<FolderState>((resolve) => {
      timer = setTimeout(() => {
        isStuck = true;
        void answer.finally(() => (isStuck = false));
        resolve('unknown');
      }, LONGEST_ANSWER_MS);
    });
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  };
}
