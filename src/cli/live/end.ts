import { createAlarm, type Alarm } from '../../system/alarm.ts';
import type { Result } from '../words/define.ts';

/** When a command that goes on for as long as it is watched has to end. */
export interface End {
  /** Rings when it has come, and when there is something new. */
  readonly alarm: Alarm;
  /** How to end. Resolves when it has come. */
  readonly ended: Promise<Result>;
  /** Aborted when it has come. */
  readonly signal: AbortSignal;
  finish(result: Result): void;
  /** Takes signals no more. */
  forget(): void;
}

/** Ctrl-C is how to leave, and no failure; so is that nobody reads on: `styxy list --watch | head`. */
export function listenForEnd(): End {
  const alarm = createAlarm();
  const abort = new AbortController();
  let resolve: (how: Result) => void = () => undefined;
  const ended = new Promise<Result>((settle) => (resolve = settle));
  const finish = (how: Result): void => {
    resolve(how);
    abort.abort();
    alarm.ring();
  };
  const listeners = {
    SIGINT: () => finish(0),
    SIGTERM: () => finish({ code: null, signal: 'SIGTERM' }),
    SIGHUP: () => finish({ code: null, signal: 'SIGHUP' }),
  } satisfies Partial<Record<NodeJS.Signals, () => void>>;
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  process.stdout.on('error', () => finish(0));
  return {
    alarm,
    ended,
    signal: abort.signal,
    finish,
    forget() {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    },
  };
}
