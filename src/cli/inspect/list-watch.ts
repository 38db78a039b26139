import { visibleText } from '../../base/plain-text.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { ListQuery } from '../../protocol/requests/queries.ts';
import type { Context } from '../context.ts';
import { listenForEnd } from '../live/end.ts';
import { followList } from '../live/follow-list.ts';
import { cleanWriter, jsonText, type Output } from '../print/output.ts';
import { openScreen, withFooter } from '../print/screen.ts';
import { wrapWords } from '../print/table.ts';
import type { Result } from '../words/define.ts';

interface View {
  readonly query: ListQuery;
  readonly json: boolean;
  print(answer: ListAnswer, out: Output): void;
}

/**
 * The list, drawn again after each event: in place on a terminal, else one after the other, and with `--json` as one
 * line each.
 * @returns when it is told to end, or when its output is closed
 */
export async function watchList(context: Context, view: View): Promise<Result> {
  const { env, out } = context;
  const end = listenForEnd();
  let picture: Picture | undefined;
  try {
    return await followList(
      context,
      view.query,
      {
        onAnswer(answer) {
          if (!picture) out.handOver();
          picture ??= openPicture(view, out, isForReading(env));
          picture.show(answer);
        },
        onLost: () => picture?.notice('The daemon has ended. Waiting for the next one...'),
      },
      end,
    );
  } finally {
    picture?.close();
    end.forget();
  }
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
  const screen = openScreen(process.stdout);
  let latest: ListAnswer = { allocations: [], external: [] };
  let footer = '';
  const draw = (): void => {
    const lines: string[] = [];
    const add = (text: string): void => void lines.push(...text.split('\n'));
    print(latest, {
      ...out,
      ...cleanWriter(add, () => true),
      note: (text) => wrapWords(visibleText(text), out.width).forEach((line) => add(out.paint('dim', line))),
    });
    screen.draw(withFooter(lines, footer, process.stdout.rows, (text) => out.paint('dim', text)));
  };
  // A window of another size has room for more, or for less.
  const resized = (): void => {
    screen.forget();
    draw();
  };
  process.stdout.on('resize', resized);
  return {
    show(answer) {
      latest = answer;
      footer = 'Live. Ctrl-C ends it.';
      draw();
    },
    notice(text) {
      footer = text;
      draw();
    },
    close() {
      process.stdout.off('resize', resized);
      screen.close();
    },
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
