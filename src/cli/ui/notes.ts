import { visibleText } from '../../base/plain-text.ts';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';

const TICK_MS = 1000;

/** What is said below the list. */
export interface Note {
  readonly text: string;
  readonly isProblem: boolean;
}

export interface Notes {
  current(): Note | undefined;
  /** What was said has been read. What is still being done goes on to be told. */
  clear(): void;
  /**
   * Tells what is being done and for how long, then what has come of it.
   * @param work what has come of it, in words; undefined: that can be seen
   */
  during(what: string, work: () => Promise<string | undefined>): void;
}

export function createNotes(changed: () => void): Notes {
  let note: Note | undefined;
  const running = new Set<{ what: string; since: number }>();

  async function carryOut(what: string, work: () => Promise<string | undefined>): Promise<void> {
    const task = { what, since: performance.now() };
    running.add(task);
    note = undefined;
    const clock = setInterval(changed, TICK_MS);
    changed();
    try {
      const text = await work();
      note = text === undefined ? undefined : { text: visibleText(text), isProblem: false };
    } catch (error) {
      note = { text: visibleText(problemWords(error)), isProblem: true };
    } finally {
      clearInterval(clock);
      running.delete(task);
      changed();
    }
  }

  return {
    current() {
      const task = [...running].at(-1);
      if (note || !task) return note;
      const seconds = Math.floor((performance.now() - task.since) / 1000);
      return { text: `${task.what}...${seconds > 0 ? ` ${seconds} s` : ''}`, isProblem: false };
    },
    clear() {
      note = undefined;
    },
    during: (what, work) => void carryOut(what, work),
  };
}

function problemWords(error: unknown): string {
  if (!(error instanceof StyxyError)) return messageOf(error);
  const why = error.why === undefined ? '' : `: ${error.why}`;
  return `${error.message}${why}. Try: ${error.hint}`;
}
