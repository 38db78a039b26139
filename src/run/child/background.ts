import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { packageRoot } from '../../system/package-root.ts';
import { CALLER_FD, type CallerEvent, STAY } from './caller.ts';
import { enterable, type Place } from './supervise.ts';

type Told<Kind extends CallerEvent['event']> = Extract<CallerEvent, { event: Kind }>;

/** What the wrapper in the background has told so far. */
export interface BackgroundState {
  /** Of the latest start: after a conflict there is a second one. Gone while the next one is waited for. */
  started?: Told<'started'> | undefined;
  running?: Told<'running'>;
  failed?: Told<'failed'>;
  /** The command has failed, and is started again after a pause. */
  restarting?: Told<'restarting'> | undefined;
  ended?: Told<'ended'>;
  /** It is gone, or has closed its line. */
  closed: boolean;
}

export interface BackgroundRun {
  readonly pid: number;
  readonly state: Readonly<BackgroundState>;
  /** Calls back at each change of the state. @returns stops that */
  onChange(listener: () => void): () => void;
  /** One that ends with this process, from now on does not. */
  stay(): void;
  /** Stops listening, so that this process may end. */
  close(): void;
}

/**
 * Starts `styxy run` in a session of its own: it survives the caller's terminal, and keeps none of the caller's files
 * open, since the reader of a pipe waits until all its writers have closed it.
 * @param log a file descriptor for everything it and its program print
 */
export function startInBackground(args: readonly string[], { cwd, env }: Place, log: number): BackgroundRun {
  const { [LEASE_MARKER]: _, ...own } = env;
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'styxy.js'), ...args], {
    cwd: enterable(cwd),
    // With the marker of a run around us it would count as a part of that run, and end with it.
    env: own,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  const state: BackgroundState = { closed: false };
  const listeners = new Set<() => void>();
  const change = (fields: Partial<BackgroundState>): void => {
    Object.assign(state, fields);
    for (const listener of listeners) listener();
  };
  const line = child.stdio[CALLER_FD] as Duplex;
  let pending = '';
  line.setEncoding('utf8');
  line.on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const each of lines) {
      const told = JSON.parse(each) as CallerEvent;
      const isAgain = told.event === 'restarting';
      change({
        ...(isAgain && { started: undefined }),
        ...(told.event === 'started' && { restarting: undefined }),
        [told.event]: told,
      });
    }
  });
  line.on('error', () => undefined);
  line.once('close', () => change({ closed: true }));
  child.once('error', () => change({ closed: true }));
  child.unref();
  return {
    pid: child.pid ?? -1,
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stay: () => void line.write(STAY),
    close: () => void line.destroy(),
  };
}
