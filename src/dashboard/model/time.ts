/** A length of time: `3.2 ms`, `1.5 s`. */
export function durationText(seconds: number): string {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  return `${Number(seconds.toPrecision(2))} s`;
}

/** 14:05, as this machine's people write it. */
export const clockText = (time: string | number, withSeconds = false): string =>
  new Date(time).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
  });
