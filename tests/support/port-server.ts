import { fileURLToPath } from 'node:url';
import type { Running } from './home.ts';
import { waitFor } from './processes.ts';

/** A server on PORT that says on stdout, and to everyone who asks, who it is. */
export const portServer = fileURLToPath(new URL('./programs/port-server.mjs', import.meta.url));

export interface ServerSelf {
  readonly pid: number;
  readonly port: number;
  readonly lockId: string | null;
  readonly cwd: string;
}

/** Waits until the `portServer` under this `styxy run` listens. */
export async function serverOf(run: Running, deadlineMs = 60_000): Promise<ServerSelf> {
  await waitFor(
    () => run.stdout().includes('\n') || run.process.exitCode !== null,
    deadlineMs,
    () => `the server to listen; its stderr: ${run.stderr()}`,
  );
  if (!run.stdout().includes('\n')) throw new Error(`the server did not listen; stderr: ${run.stderr()}`);
  return JSON.parse(run.stdout()) as ServerSelf;
}

export async function whoIsAt(port: number): Promise<ServerSelf> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return (await response.json()) as ServerSelf;
}
