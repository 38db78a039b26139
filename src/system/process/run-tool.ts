/** Milliseconds for a tool of the system (lsof, netstat, ps) to answer. */
const TIMEOUT_MS = 5000;

/** So that a program of the system is understood: messages in English, times in UTC. */
const PLAIN = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * What a program of the system prints, whatever its exit code (lsof exits 1 when it merely found less than asked).
 * Undefined when the program is missing or has not answered in 5 s. It is killed then, and not waited for: a program that
 * asks a disk which does not answer (a dead mount) can't be killed. No shell. It runs in `/`: our folder may be removed.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { timeoutMs = TIMEOUT_MS, env = PLAIN }: { timeoutMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<string | undefined> {
  const { execa } = await import('execa');
  const tool = execa(program, args, { cwd: '/', env, stdin: 'ignore', reject: false, windowsHide: true });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      tool.kill('SIGKILL');
      // Else it would keep this process as long as it is there.
      tool.unref();
      tool.stdout.destroy();
      tool.stderr.destroy();
      resolve(undefined);
    }, timeoutMs);
  });
  const result = await Promise.race([tool, tooLate]).finally(() => clearTimeout(timer));
  return result?.exitCode === undefined ? undefined : result.stdout;
}
