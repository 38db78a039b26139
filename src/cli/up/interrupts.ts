import { constants } from 'node:os';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A package manager around us passes on what the terminal has sent to both of us: that is one Ctrl-C. ms */
const ONE_KEY_MS = 300;

export interface Interrupts {
  /** The exit code, when all has ended because of a signal; rejects when it could not be ended. */
  readonly ended: Promise<number>;
  close(): void;
}

/** Ends properly at the first signal, at once at the second. */
export function onInterrupts({
  first,
  second,
}: {
  first: () => Promise<void>;
  second: () => Promise<void>;
}): Interrupts {
  let at: number | undefined;
  let finish: (code: number) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<number>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  // Who does not wait for it any more has ended by itself.
  ended.catch(() => undefined);
  const receive = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (at !== undefined && now - at < ONE_KEY_MS) return;
    const end = at === undefined ? first : second;
    at = now;
    end().then(() => finish(128 + constants.signals[signal]), fail);
  };
  for (const signal of ENDING) process.on(signal, receive);
  return {
    ended,
    close() {
      for (const signal of ENDING) process.off(signal, receive);
    },
  };
}
