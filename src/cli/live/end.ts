import { createAlarm, type Alarm } from '../../system/alarm.ts';
import type { Result } from '../words/define.ts';

/** When a command that goes on for as long as it is watched has to end. */
export interface End {
  /** Rings when it has come, and when there is something new. */
  readonly alarm: Alarm;
  readonly result: Result | undefined;
  finish(result: Result): void;
  /** Takes signals no more. */
  forget(): void;
}

/** Ctrl-C is how to leave, and no failure; so is that nobody reads on: `styxy list --watch | head`. */
export function listenForEnd(): End {
  const alarm = createAlarm();
  let result: Result | undefined;
  const finish = (how: Result): void => {
    result ??= how;
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
    get result() {
      return result;
    },
    finish,
    forget() {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    },
  };
}
