/** Milliseconds for a tool of the system (lsof, netstat, ps) to answer. */
const TIMEOUT_MS = 5000;

/** So that a program of the system is understood: messages in English, times in UTC. */
const PLAIN = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * What a program of the system prints, whatever its exit code (lsof exits 1 when it merely found less than asked).
 * Undefined when the program is missing or has not answered in 5 s. No shell.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { timeoutMs = TIMEOUT_MS, env = PLAIN }: { timeoutMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<string | undefined> {
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    timeout: timeoutMs,
    env,
    stdin: 'ignore',
    reject: false,
    windowsHide: true,
  });
  return result.exitCode === undefined ? undefined : result.stdout;
}
