/** A question of the index or of the rules for ignored files takes milliseconds. */
const TIMEOUT_MS = 5000;

/**
 * Whether git answers yes (exit code 0). False also where there is no git, or no repository. What a repository's own
 * configuration would start is not started.
 */
export async function gitSaysYes(folder: string, args: readonly string[]): Promise<boolean> {
  const { execa } = await import('execa');
  const { exitCode } = await execa(
    'git',
    ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
    {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
      stdin: 'ignore',
      reject: false,
      windowsHide: true,
    },
  );
  return exitCode === 0;
}
