import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { isAlive, waitFor } from './processes.ts';

const PROGRAM = fileURLToPath(new URL('./programs/outsider.mjs', import.meta.url));

/** A program that listens without having asked Styxy. */
export interface Outsider {
  readonly pid: number;
  end(): Promise<void>;
}

/**
 * For the calling test: it ends with it at the latest.
 * @param words more of its command line
 * @throws when the system has no such address, or the port is taken
 */
export async function startOutsider(
  port: number,
  host: string,
  v6only = false,
  words: readonly string[] = [],
): Promise<Outsider> {
  const child = spawn(process.execPath, [PROGRAM, String(port), host, v6only ? 'v6only' : 'dual', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = child.pid ?? -1;
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await waitFor(() => said.includes('\n') || child.exitCode !== null, 15_000, 'the outsider to listen');
  if (said !== 'listening\n') throw new Error(`no outsider on ${host} port ${port}: ${said}`);
  return {
    pid,
    async end() {
      child.kill('SIGKILL');
      await waitFor(() => !isAlive(pid), 5000, `outsider ${pid} to end`);
    },
  };
}

/** An address by which other machines reach this one, if it is in a network. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
