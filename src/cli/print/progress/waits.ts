import type { TellWait } from '../../../base/tell-wait.ts';
import type { ProgressLine, Wait } from './line.ts';

/** Shorter waits are not told. In seconds of process.uptime(): the first performance.now() loads much on the way of a run. */
const TELL_AFTER_S = 0.5;
const CHECK_EVERY_MS = 250;

type Begun = Wait & { readonly begunAt: number };

/** What is waited for at present, shown at the terminal of stderr. Nothing of how is loaded before it is needed. */
export interface Waits {
  begin: TellWait;
  /** Something else is about to be written: the line makes room, and comes back below it. */
  makeRoom(): void;
  /** The terminal belongs to a program or to a screen from now on: nothing is shown any more. */
  handOver(): void;
}

/** @param isSeen stderr is a terminal */
export function createWaits(env: NodeJS.ProcessEnv, isSeen: boolean): Waits {
  const waits = new Set<Begun>();
  let timer: NodeJS.Timeout | undefined;
  let line: ProgressLine | undefined;
  let isHandedOver = !isSeen;

  function rest(): void {
    clearInterval(timer);
    timer = undefined;
    line?.clear();
  }

  /** The innermost of those that have taken long enough: it is what the others wait for. */
  async function showLongWait(): Promise<void> {
    const now = process.uptime();
    const isLong = ({ begunAt }: Begun): boolean => now - begunAt >= TELL_AFTER_S;
    if (![...waits].some(isLong)) return line?.clear();
    line ??= (await import('./line.ts')).createProgressLine(env);
    const long = [...waits].findLast(isLong);
    if (long && !isHandedOver) line.show(long);
  }

  return {
    begin(what, since) {
      if (isHandedOver) return () => undefined;
      const begunAt = process.uptime();
      const wait = { what, since: since ?? (() => begunAt), begunAt };
      waits.add(wait);
      // An `npm ci` may have removed our own files meanwhile: then nothing is shown.
      timer ??= setInterval(() => void showLongWait().catch(() => undefined), CHECK_EVERY_MS).unref();
      return () => {
        waits.delete(wait);
        if (waits.size === 0) rest();
      };
    },
    makeRoom: () => line?.clear(),
    handOver() {
      isHandedOver = true;
      waits.clear();
      rest();
    },
  };
}

/** The work, and while it goes on, what is waited for. */
export async function during<Result>(
  { waitingFor }: { waitingFor: TellWait },
  what: () => string,
  work: () => Promise<Result>,
  since?: () => number,
): Promise<Result> {
  const over = waitingFor(what, since);
  try {
    return await work();
  } finally {
    over();
  }
}
