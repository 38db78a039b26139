/** Milliseconds for a tool of the system (lsof, netstat, ps) to answer. */
const TIMEOUT_MS = 5000;

/**
 * What a program of the system prints, whatever its exit code (lsof exits 1 when it merely found less than asked).
 * Undefined when the program is missing or has not answered in 5 s. No shell; messages in English (LC_ALL=C), times in UTC.
 */
export async function runTool(program: string, args: readonly string[]): Promise<string | undefined> {
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    timeout: TIMEOUT_MS,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdin: 'ignore',
    reject: false,
    windowsHide: true,
  });
  return result.exitCode === undefined ? undefined : result.stdout;
}
