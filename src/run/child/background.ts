import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { packageRoot } from '../../system/package-root.ts';
import { CALLER_FD, type CallerEvent } from './caller.ts';
import { enterable, type Place } from './supervise.ts';

type Told<Kind extends CallerEvent['event']> = Extract<CallerEvent, { event: Kind }>;

/** What the wrapper in the background has told so far. */
export interface DetachedState {
  /** Of the latest start: after a conflict there is a second one. */
  started?: Told<'started'>;
  running?: Told<'running'>;
  failed?: Told<'failed'>;
  ended?: Told<'ended'>;
  /** It is gone, or has closed its line. */
  closed: boolean;
}

export interface Detached {
  readonly pid: number;
  readonly state: Readonly<DetachedState>;
  /** Stops listening, so that this process may end. */
  leave(): void;
}

/**
 * Starts `styxy run` in a session of its own: it survives the caller's terminal, and keeps none of the caller's files
 * open, for whoever waits for the end of a pipe.
 * @param log a file descriptor for everything it and its program print
 */
export function startDetached(args: readonly string[], { cwd, env }: Place, log: number): Detached {
  const { [LEASE_MARKER]: _, ...own } = env;
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'styxy.js'), ...args], {
    cwd: enterable(cwd),
    // With the marker of a run around us it would count as a part of that run, and end with it.
    env: own,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  const state: DetachedState = { closed: false };
  const line = child.stdio[CALLER_FD] as Readable;
  let pending = '';
  line.setEncoding('utf8');
  line.on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const each of lines) note(state, JSON.parse(each) as CallerEvent);
  });
  line.once('close', () => (state.closed = true));
  child.once('error', () => (state.closed = true));
  child.unref();
  return { pid: child.pid ?? -1, state, leave: () => void line.destroy() };
}

function note(state: DetachedState, told: CallerEvent): void {
  if (told.event === 'started') state.started = told;
  else if (told.event === 'running') state.running = told;
  else if (told.event === 'failed') state.failed = told;
  else state.ended = told;
}
