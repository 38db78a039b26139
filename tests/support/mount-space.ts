import { onTestFinished } from 'vitest';
import { startProgram } from './home.ts';
import { isAlive, waitFor } from './processes.ts';

/** Mounts that only the processes in it see, and that are gone with them. */
export interface MountSpace {
  /** To be put before a command: it then runs there, in `folder`. */
  via(folder: string): string[];
  /** The same file seen from outside. */
  outside(path: string): string;
  /** Runs a shell script there. */
  sh(script: string): Promise<void>;
  close(): Promise<void>;
}

const env = { PATH: process.env['PATH'] };

/** For the calling test: it ends with it at the latest. @returns why it is not possible (no root, no unshare, a sandbox) instead of a mount space */
export async function openMountSpace(mounts: string): Promise<MountSpace | string> {
  const script = `${mounts}; echo mounted; exec sleep 300`;
  const holder = startProgram(['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script], {
    env,
  });
  const { pid, process: child } = holder;
  onTestFinished(() => void child.kill('SIGKILL'));
  const end = holder.finished(310_000).catch((error: Error) => ({ story: error.message }));
  await waitFor(() => holder.stdout().includes('mounted\n') || child.exitCode !== null || pid === -1, 10_000);
  if (!holder.stdout().includes('mounted\n')) return `no mounts of our own: ${(await end).story}`;

  const enter = ['nsenter', `--mount=/proc/${pid}/ns/mnt`];
  return {
    via: (folder) => [...enter, 'sh', '-c', 'cd "$0" && exec "$@"', folder],
    outside: (path) => `/proc/${pid}/root${path}`,
    async sh(line) {
      const exit = await startProgram([...enter, 'sh', '-ec', line], { env }).finished();
      if (exit.code !== 0) throw new Error(exit.story);
    },
    async close() {
      child.kill('SIGKILL');
      await waitFor(() => !isAlive(pid), 5000, 'the mount space to end');
    },
  };
}
