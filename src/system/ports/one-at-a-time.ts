/**
 * Calls of the same work never overlap. Who asks while it is under way waits for the next one, which begins after it
 * and serves all who wait: everybody gets an answer that is no older than the question.
 */
export function oneAtATime<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;

  function begin(): Promise<Result> {
    next = undefined;
    const own = work().finally(() => {
      if (running === own) running = undefined;
    });
    return (running = own);
  }

  return () => (running ? (next ??= running.then(begin, begin)) : begin());
}
