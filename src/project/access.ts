/** Who looks at a project's configuration, and what becomes of one that is a program. */
export interface ConfigAccess {
  /**
   * Whether a configuration written in JavaScript or TypeScript is run: `known` if this user has run it here before, as
   * it is now; `consent` because code of the project is about to be run anyway, which is kept; `always` whatever it is.
   */
  readonly code: 'known' | 'consent' | 'always';
  /** The folder that keeps what was run. */
  readonly trusted: string;
  /** Told of a file that was not run. */
  unread(file: string): void;
}

/** @param text of the file @returns whether its code may be run now */
export async function mayRun(access: ConfigAccess, file: string, text: string): Promise<boolean> {
  if (access.code === 'always') return true;
  const { isTrusted, trust } = await import('./trust.ts');
  if (access.code === 'consent') {
    trust(access.trusted, file, text);
    return true;
  }
  return isTrusted(access.trusted, file, text);
}
