type End = (reason: string) => Promise<void>;

/** The end of a daemon: the same for every reason, and once, however often it is asked for. */
export interface Ending {
  /** Asked while the daemon still starts, it waits for that. */
  stop(reason: string): Promise<void>;
  /** The daemon has started, and this is what ends it. */
  by(end: End): void;
  readonly ended: Promise<void>;
}

export function createEnding(): Ending {
  const started = deferred();
  const over = deferred();
  let closeDown: End | undefined;
  let ending: Promise<void> | undefined;

  async function end(reason: string): Promise<void> {
    // A daemon that runs closes down in this very turn: what it says to open streams leaves at the turn's end, and must
    // not come after the end of the process.
    if (!closeDown) await started.promise;
    await closeDown?.(reason);
    over.resolve();
  }

  return {
    ended: over.promise,
    stop: (reason) => (ending ??= end(reason)),
    by(how) {
      closeDown = how;
      started.resolve();
    },
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
