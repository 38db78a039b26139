/** Raised when an older client or daemon could misunderstand a newer one. */
export const PROTOCOL = 1;

/** Set by the build from package.json. */
export const VERSION: string = process.env.STYXY_VERSION ?? '0.0.0';

/** Sent with every request and answer, so that no extra round trip is needed to compare. */
export const HEADERS = { version: 'styxy-version', protocol: 'styxy-protocol' } as const;

/** Negative when `a` is older than `b`. Compares major.minor.patch; anything unreadable counts as 0. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] =>
    version.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
