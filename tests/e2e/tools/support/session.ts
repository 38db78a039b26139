import { spawn as spawnChild } from 'node:child_process';
import { spawn as spawnInTerminal } from '@lydell/node-pty';

/** A command as a person, or an agent, starts it. */
export interface Session {
  readonly pid: number;
  /** Everything it wrote. */
  said(): string;
  ended(): boolean;
  /** Ctrl-C: SIGINT to the whole process group. */
  interrupt(): void;
  /** For what does not end. */
  kill(): void;
}

interface Place {
  cwd: string;
  env: Record<string, string>;
}

export function inTerminal([file = '', ...args]: readonly string[], { cwd, env }: Place): Session {
  const pty = spawnInTerminal(file, args, {
    cols: 120,
    rows: 40,
    cwd,
    env: { ...env, TERM: 'xterm-256color' },
  });
  const state = { said: '', ended: false };
  pty.onData((text) => (state.said += text));
  pty.onExit(() => (state.ended = true));
  return {
    pid: pty.pid,
    said: () => state.said,
    ended: () => state.ended,
    interrupt: () => pty.write('\u0003'),
    kill: () => state.ended || pty.kill('SIGKILL'),
  };
}

export function withoutTerminal([file = '', ...args]: readonly string[], place: Place): Session {
  // Some end with their input: it stays open.
  const child = spawnChild(file, args, { ...place, stdio: 'pipe', detached: true });
  const state = { said: '' };
  const add = (text: string): void => void (state.said += text);
  child.stdout.setEncoding('utf8').on('data', add);
  child.stderr.setEncoding('utf8').on('data', add);
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals): void => {
    if (!ended() && child.pid !== undefined) process.kill(-child.pid, name);
  };
  return {
    pid: child.pid ?? -1,
    said: () => state.said,
    ended,
    interrupt: () => signal('SIGINT'),
    kill: () => signal('SIGKILL'),
  };
}
