import { visibleText } from '../../base/plain-text.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { createConnection } from '../../client/connection.ts';
import { watchEvents, type EventWatch } from '../../client/event-stream.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { ListQuery } from '../../protocol/requests/queries.ts';
import { createAlarm } from '../../system/alarm.ts';
import { sleep } from '../../system/sleep.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';
import { cleanWriter, jsonText, type Output } from '../print/output.ts';
import { openScreen } from '../print/screen.ts';
import { wrapWords } from '../print/table.ts';

/** Ages grow, and programs outside Styxy come and go, without an event. */
const ASK_AGAIN_MS = 2000;
/** Events come in groups: one list for all of them. */
const GROUP_MS = 50;
const RECONNECT_MS = 250;

interface View {
  readonly query: ListQuery;
  readonly json: boolean;
  print(answer: ListAnswer, out: Output): void;
}

/**
 * The list, drawn again after each event: in place on a terminal, else one after the other, and with `--json` as one
 * line each. Goes on with the next daemon when this one ends, but starts none: it may have been stopped on purpose.
 * @returns when it is told to end, or when its output is closed
 */
export async function watchList({ connection, paths, env, out }: Context, view: View): Promise<Result> {
  const alarm = createAlarm();
  const end = endOf(alarm.ring);
  const withoutStarting = createConnection({ paths, env, autostart: false });
  const coordinator = createHttpCoordinator(withoutStarting);
  let events: EventWatch | undefined = await watchEvents(connection, alarm.ring);
  out.handOver();
  const picture = openPicture(view, out, isForReading(env));
  try {
    while (end.result === undefined) {
      if (events) {
        await drawWhile(events);
        events = undefined;
        if (end.result === undefined) picture.notice('The daemon has ended. Waiting for the next one...');
      } else {
        await alarm.within(RECONNECT_MS);
        events = await unlessGone(watchEvents(withoutStarting, alarm.ring));
      }
    }
    return end.result;
  } finally {
    picture.close();
    end.forget();
  }

  /** Draws until the daemon ends, or we do. */
  async function drawWhile(source: EventWatch): Promise<void> {
    let hasEnded = false;
    source.onEnd(() => {
      hasEnded = true;
      alarm.ring();
    });
    try {
      while (!hasEnded && end.result === undefined) {
        const answer = await unlessGone(coordinator.list(view.query));
        if (!answer) return;
        picture.show(answer);
        await alarm.within(ASK_AGAIN_MS);
        if (end.result === undefined) await sleep(GROUP_MS);
      }
    } finally {
      source.close();
    }
  }
}

/** undefined: the daemon is not there. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StyxyError && error.code === 'DAEMON_UNREACHABLE') return undefined;
    throw error;
  }
}

/** Ctrl-C is how to leave, and no failure. */
function endOf(tell: () => void): { readonly result: Result | undefined; forget(): void } {
  let result: Result | undefined;
  const end = (how: Result): void => {
    result ??= how;
    tell();
  };
  const listeners = {
    SIGINT: () => end(0),
    SIGTERM: () => end({ code: null, signal: 'SIGTERM' }),
    SIGHUP: () => end({ code: null, signal: 'SIGHUP' }),
  } satisfies Partial<Record<NodeJS.Signals, () => void>>;
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  // A window of another size has room for more, or for less.
  process.stdout.on('resize', tell);
  // The reader has ended: `styxy list --watch | head`.
  process.stdout.on('error', () => end(0));
  return {
    get result() {
      return result;
    },
    forget() {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
      process.stdout.off('resize', tell);
    },
  };
}

interface Picture {
  show(answer: ListAnswer): void;
  notice(text: string): void;
  close(): void;
}

/** A log of a CI job, or a terminal that can only print: what was drawn over would be gone, or in the way. */
function isForReading({ CI, TERM }: NodeJS.ProcessEnv): boolean {
  return TERM === 'dumb' || (CI !== undefined && !['', '0', 'false'].includes(CI));
}

function openPicture(view: View, out: Output, isPlain: boolean): Picture {
  return process.stdout.isTTY && !view.json && !isPlain ? onScreen(view, out) : inTurn(view, out);
}

function onScreen({ print }: View, out: Output): Picture {
  const screen = openScreen(process.stdout, (text) => out.paint('dim', text));
  let lines: string[] = [];
  const draw = (footer: string): void => screen.draw(lines, footer);
  return {
    show(answer) {
      lines = [];
      const add = (text: string): void => void lines.push(...text.split('\n'));
      print(answer, {
        ...out,
        ...cleanWriter(add, () => true),
        note: (text) =>
          wrapWords(visibleText(text), out.width).forEach((line) => add(out.paint('dim', line))),
      });
      draw('Live. Ctrl-C ends it.');
    },
    notice: draw,
    close: screen.close,
  };
}

/** Only what has changed, except by growing older. */
function inTurn({ print, json }: View, out: Output): Picture {
  let last = '';
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    show(answer) {
      const now = jsonText(answer);
      if (now === last) return;
      last = now;
      if (json) write(now);
      else {
        print(answer, { ...out, ...cleanWriter(write, () => out.paint('dim', 'x') !== 'x') });
        write('');
      }
    },
    notice: out.note,
    close: () => undefined,
  };
}
