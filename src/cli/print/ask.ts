import { visibleText } from '../../base/plain-text.ts';

/** Asks on a terminal. Without one nobody is there to answer, and the command line was the answer. */
export async function askYesNo(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${visibleText(question)} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
