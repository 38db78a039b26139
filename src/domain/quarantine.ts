/** How long ports that an outsider took are avoided: longer each time, so that a permanent outsider costs nothing. */
export interface Quarantine {
  /** @returns how long the port is now avoided, in ms */
  add(port: number, now: number): number;
  has(port: number, now: number): boolean;
  clear(port: number): void;
}

/** Settings of the user, which may change at any time. */
export interface QuarantineTimes {
  firstMs: number;
  multiplier: number;
  longestMs: number;
}

export function createQuarantine(times: () => QuarantineTimes): Quarantine {
  const entries = new Map<number, { until: number; length: number }>();
  return {
    add(port, now) {
      const { firstMs, multiplier, longestMs } = times();
      const previous = entries.get(port);
      const length = previous ? Math.min(previous.length * multiplier, longestMs) : firstMs;
      entries.set(port, { until: now + length, length });
      return length;
    },
    has: (port, now) => (entries.get(port)?.until ?? 0) > now,
    clear: (port) => void entries.delete(port),
  };
}
