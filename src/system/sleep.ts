/** Resolves after `ms`. Node's own module for this would load half of its stream library into every start. */
export function sleep(ms: number, { keepAlive = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    if (!keepAlive) timer.unref();
  });
}
