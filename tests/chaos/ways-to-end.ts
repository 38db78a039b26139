import type { ChildProcess } from 'node:child_process';
import type { World } from './world.ts';

/** A run of which the end is watched. */
export interface Doomed {
  /** The wrapper. */
  readonly pid: number;
  readonly child: ChildProcess | undefined;
  /** Undefined outside of a terminal. */
  readonly terminal: Terminal | undefined;
}

export interface Terminal {
  readonly pid: number;
  write(text: string): void;
  destroy(): void;
  onExit(listener: () => void): void;
  onData(listener: (text: string) => void): void;
}

export interface Programs {
  recorder: string;
  runner: string;
}

/** How the server stands to the command. @param server a line for a shell @returns the words of the command */
export const KINDS: Readonly<Record<string, (server: string, programs: Programs) => string[]>> = {
  plain: (server) => ['sh', '-c', `exec ${server}`],
  shell: (server) => ['sh', '-c', `${server} & wait`],
  npm: () => ['npm', 'run', '--silent', 'dev'],
  runner: (server, { runner }) => [process.execPath, runner, server],
  setsid: (server) => ['sh', '-c', `setsid ${server} & wait`],
  'double fork': (server) => ['sh', '-c', `(setsid ${server} &); exec sleep 60`],
  'in a handler': (server) => ['sh', '-c', `trap "${server} & exit 0" TERM INT HUP QUIT; sleep 60 & wait`],
  stopped: (server) => ['sh', '-c', `${server} & wait`],
  ignoring: (server) => ['sh', '-c', `${server} & wait`],
};

interface Way {
  readonly where: 'terminal' | 'pipe';
  /**
   * When a program may hear of it twice: in the first moments a signal to the group is not known as one; the kernel tells
   * the group when the leader of a session dies, whom the daemon then asks; the library that closes a terminal sends
   * SIGHUP by itself as well.
   */
  readonly mayTellTwice?: 'early' | 'always';
  end(doomed: Doomed, world: World): Promise<unknown> | void;
}

const send =
  (...signals: NodeJS.Signals[]): Way['end'] =>
  ({ pid }) => {
    for (const signal of signals) signalOne(pid, signal);
  };

export const WAYS: Readonly<Record<string, Way>> = {
  SIGTERM: { where: 'pipe', end: send('SIGTERM') },
  SIGINT: { where: 'pipe', end: send('SIGINT') },
  SIGHUP: { where: 'pipe', end: send('SIGHUP') },
  SIGQUIT: { where: 'pipe', end: send('SIGQUIT') },
  SIGKILL: { where: 'pipe', end: send('SIGKILL') },
  'SIGKILL while stopped': { where: 'pipe', end: send('SIGSTOP', 'SIGKILL') },
  'SIGTERM while stopped': { where: 'pipe', end: send('SIGSTOP', 'SIGTERM', 'SIGCONT') },
  'SIGTERM to the group': {
    where: 'pipe',
    mayTellTwice: 'early',
    end: ({ pid }) => signalOne(-pid, 'SIGTERM'),
  },
  'styxy stop': { where: 'pipe', end: stop },
  'Ctrl-C': { where: 'terminal', end: ({ terminal }) => terminal?.write('\u0003') },
  'Ctrl-\\': { where: 'terminal', end: ({ terminal }) => terminal?.write('\u001c') },
  'closed terminal': {
    where: 'terminal',
    mayTellTwice: 'always',
    end: ({ terminal }) => terminal?.destroy(),
  },
  'SIGTERM in a terminal': { where: 'terminal', end: send('SIGTERM') },
  'SIGKILL in a terminal': { where: 'terminal', mayTellTwice: 'always', end: send('SIGKILL') },
};

async function stop({ pid }: Doomed, world: World): Promise<void> {
  const { allocations } = await world.api.list();
  const own = allocations.find(({ holder }) => holder.pid === pid);
  // It has none yet: then it is ended like any program.
  if (!own) return signalOne(pid, 'SIGTERM');
  const exit = await world.cli('stop', String(own.port));
  if (exit.code !== 0 && !exit.stderr.includes('LEASE_NOT_FOUND')) throw new Error(exit.story);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
