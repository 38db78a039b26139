/** What covers the list until Escape closes it. */
export interface Panel {
  readonly title: string;
  /** The keys that it takes, for the last line. */
  keys(): string;
  /** In place of the keys, while something is typed. */
  prompt(): string | undefined;
  lines(width: number, height: number): string[];
  /** Takes a key. @returns false: it is none of its own */
  onKey(key: string, height: number): boolean;
  /** Nobody sees it any more. */
  close(): void;
}

/** How far a key moves, in lines; undefined: it moves nothing. @param height of the window */
export function stepOf(key: string, height: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -height,
    pagedown: height,
    home: -Infinity,
    g: -Infinity,
    end: Infinity,
    G: Infinity,
  };
  return Object.hasOwn(steps, key) ? steps[key] : undefined;
}

/** The first line that is seen after a key; undefined: the key moves nothing. */
export function scrolled(key: string, top: number, height: number, count: number): number | undefined {
  const step = stepOf(key, height);
  return step === undefined ? undefined : Math.max(0, Math.min(top + step, count - height));
}
