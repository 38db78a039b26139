import { visibleText } from '../../base/plain-text.ts';

/** Somebody is there to answer. */
export function isInteractive(env: NodeJS.ProcessEnv): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && !env.CI && env.TERM !== 'dumb';
}

/** One of these. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Shown beside it while it is the one that Enter would take. */
  readonly hint?: string;
}

/** Offers them at the terminal of stderr. @returns undefined: the user has left */
export async function chooseOne(question: string, choices: readonly Choice[]): Promise<string | undefined> {
  const { isCancel, select } = await import('@clack/prompts');
  const chosen = await select({
    message: visibleText(question),
    options: choices.map(({ value, label, hint }) => ({
      value,
      label: visibleText(label),
      ...(hint !== undefined && { hint: visibleText(hint) }),
    })),
    output: process.stderr,
  });
  return isCancel(chosen) ? undefined : chosen;
}

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
