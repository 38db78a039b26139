import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Context } from '../context.ts';
import { listenForEnd } from '../live/end.ts';
import { followList } from '../live/follow-list.ts';
import type { Result } from '../words/define.ts';
import type { Styles } from './compose.ts';
import { openTerminal } from './terminal.ts';
import { createWindow } from './window.ts';

/** @throws StyxyError USAGE without a terminal */
export async function execute(context: Context): Promise<Result> {
  const missing = whatIsMissing(context.env);
  if (missing !== undefined) throw noTerminal(missing);
  const { show } = await import('../screen/app.tsx');
  const end = listenForEnd();
  const failed = failure();
  const listeners = new Set<() => void>();
  let picture: ReturnType<typeof window.picture> | undefined;
  const changed = (): void => {
    picture = undefined;
    for (const listener of listeners) listener();
  };
  context.out.handOver();
  const terminal = openTerminal(changed);
  const window = createWindow({
    context,
    styles: stylesOf(context),
    size: terminal.size,
    changed,
    leave: () => end.finish(0),
    suspend: terminal.suspend,
  });
  const app = show({
    ...terminal,
    picture: () => (picture ??= window.picture()),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onKey: window.onKey,
    fail: failed.tell,
  });
  try {
    return await Promise.race([followList(context, {}, window, end), failed.promise]);
  } finally {
    // After a failure the list is followed no more.
    end.finish(0);
    window.close();
    app.close();
    terminal.close();
    failed.forget();
    end.forget();
  }
}

/** A person is at a terminal that can be drawn on. */
export const isForDrawing = (env: NodeJS.ProcessEnv): boolean =>
  whatIsMissing(env) === undefined && !isSet(env.CI);

const isSet = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value);

/** In words; undefined: this is a terminal that can be drawn on. */
function whatIsMissing({ TERM }: NodeJS.ProcessEnv): string | undefined {
  if (!isatty(0)) return 'stdin is none';
  if (!isatty(1)) return 'stdout is none';
  return TERM === 'dumb' ? 'this one can only print (TERM=dumb)' : undefined;
}

const noTerminal = (why: string): StyxyError =>
  new StyxyError('USAGE', 'styxy ui needs a terminal to draw on', {
    why,
    hint: 'styxy list, or styxy list --watch',
  });

/** What nobody has caught ends the window first, so that it can be read. */
function failure(): { promise: Promise<never>; tell(error: Error): void; forget(): void } {
  let tell: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, reject) => (tell = reject));
  process.on('uncaughtException', tell);
  return { promise, tell, forget: () => void process.off('uncaughtException', tell) };
}

/** Colours where they are wanted; what is selected stands out without any. */
function stylesOf({ out: { paint } }: Context): Styles {
  return {
    bold: (text) => paint('bold', text),
    dim: (text) => paint('dim', text),
    red: (text) => paint('red', text),
    yellow: (text) => paint('yellow', text),
    inverse: (text) => styleText('inverse', text, { validateStream: false }),
  };
}
