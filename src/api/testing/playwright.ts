import { planServer, starterOf } from './plan.ts';
import type { ServerOptions } from './types.ts';

export type { ServerOptions } from './types.ts';

/** What goes into the configuration: `defineConfig({ ...server, ... })`. */
export interface ServerConfig {
  webServer: {
    command: string;
    url: string;
    env: Record<string, string>;
    timeout: number;
    reuseExistingServer: false;
    gracefulShutdown: { signal: 'SIGTERM'; timeout: number };
    stderr: 'pipe';
  };
  use: { baseURL: string };
}

const START_MS = 60_000;
/** It says why it gives up before it is given up. */
const LAST_WORDS_MS = 5000;

/**
 * A server for all workers, on a port of this worktree's own. No test runs unless what answers there was started by this
 * very run.
 *
 * ```ts
 * const server = await webServer({ name: 'e2e', command: 'vite' });
 * export default defineConfig({ ...server, testDir: 'tests' });
 * ```
 * @throws StyxyError DAEMON_UNREACHABLE, RANGE_FULL, BAD_CONFIG, USAGE
 */
export async function webServer(options: ServerOptions): Promise<ServerConfig> {
  const planned = await planServer(options, process.env);
  const { words, env } = starterOf(planned);
  return {
    webServer: {
      command: words.map((word) => JSON.stringify(word)).join(' '),
      url: `http://127.0.0.1:${planned.gatePort}/`,
      env,
      timeout: (options.timeout ?? START_MS) + LAST_WORDS_MS,
      reuseExistingServer: false,
      gracefulShutdown: { signal: 'SIGTERM', timeout: planned.endMs + LAST_WORDS_MS },
      stderr: 'pipe',
    },
    use: { baseURL: planned.url },
  };
}
