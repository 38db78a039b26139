import { createServer, type Server } from 'node:net';
import type { AllocateAnswer } from '../../src/protocol/answers/lease.ts';
import { waitFor } from '../support/processes.ts';
import type { Running } from '../support/start-program.ts';
import { identityOf, lives, type ProcessId } from './machine.ts';
import type { World } from './world.ts';

export type Manner = 'obey' | 'stubborn' | 'wander' | 'leave';

/** What a server of ours says of itself: its lease was acknowledged. */
interface ServerSelf {
  readonly pid: number;
  readonly port: number;
  readonly lockId: string | null;
}

/** A `styxy run` with its server. */
export interface Run {
  readonly kind: 'run';
  readonly name: string;
  readonly manner: Manner;
  readonly running: Running;
  readonly wrapper: ProcessId;
  /** Once it has said so. */
  self: ServerSelf | undefined;
  server: ProcessId | undefined;
  /** The wrapper is stopped (SIGSTOP). */
  stopped: boolean;
}

/** A lease that was asked for over HTTP, kept by a deadline or by a process. */
export interface Plain {
  readonly kind: 'plain';
  readonly lease: AllocateAnswer;
  readonly holder: ProcessId | undefined;
  released: boolean;
  /** A clock that jumped may have ended it. */
  uncertain: boolean;
}

/** A program that listens without having asked. */
export interface Outsider {
  readonly port: number;
  readonly server: Server;
}

/** Everybody who takes part, as far as is known for sure. */
export interface Cast {
  readonly runs: Set<Run>;
  readonly plain: Set<Plain>;
  readonly outsiders: Set<Outsider>;
  /** Processes that hold leases, or did. */
  readonly holders: Set<ProcessId>;
}

export const createCast = (): Cast => ({
  runs: new Set(),
  plain: new Set(),
  outsiders: new Set(),
  holders: new Set(),
});

export async function startRun(world: World, cast: Cast, manner: Manner, name: string, wildPort: number) {
  const program = new URL('server.mjs', `file://${world.root}/tests/chaos/`).pathname;
  const command = [process.execPath, program, manner, ...(manner === 'wander' ? [String(wildPort)] : [])];
  const running = world.start(['run', '--name', name, '--', ...command]);
  const wrapper = identityOf(running.pid);
  if (!wrapper) return;
  const run: Run = {
    kind: 'run',
    name,
    manner,
    running,
    wrapper,
    self: undefined,
    server: undefined,
    stopped: false,
  };
  cast.runs.add(run);
  await waitFor(() => noteServer(run) || running.process.exitCode !== null || !lives(wrapper), 20_000).catch(
    () => undefined,
  );
}

/** @returns whether the server has said who it is; after a restart it says so again */
export function noteServer(run: Run): boolean {
  const line = run.running.stdout().trimEnd().split('\n').at(-1) ?? '';
  if (!line.endsWith('}')) return false;
  const self = JSON.parse(line) as ServerSelf;
  if (self.pid !== run.self?.pid) {
    run.self = self;
    run.server = identityOf(self.pid);
  }
  return true;
}

export async function listenAsOutsider(cast: Cast, port: number, host: string): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => resolve(true));
  });
  if (listens) cast.outsiders.add({ port, server });
  // Whoever kept the port free by a deadline alone may lose it once it was in use.
  for (const plain of cast.plain) if (plain.lease.port === port && !plain.holder) plain.uncertain = true;
  return listens;
}

export async function leaveAsOutsider(cast: Cast, outsider: Outsider): Promise<void> {
  cast.outsiders.delete(outsider);
  await new Promise((resolve) => outsider.server.close(resolve));
}
