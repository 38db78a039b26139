import { wrapLine } from './wrap-line.ts';
import { scrolled, type Panel } from './panel.ts';

/** Text that does not change. @param textFor its lines in a window of that width; may be coloured */
export function createTextPanel(title: string, textFor: (width: number) => readonly string[]): Panel {
  let top = 0;
  let count = 0;
  let room = 0;
  return {
    title,
    keys: () => (count > room ? 'j k scroll  esc back  q quit' : 'esc back  q quit'),
    prompt: () => undefined,
    lines(width, height) {
      const wrapped = textFor(width).flatMap((line) => wrapLine(line, width));
      count = wrapped.length;
      room = height;
      top = Math.min(top, Math.max(0, count - height));
      return wrapped.slice(top, top + height);
    },
    onKey(key, height) {
      const next = scrolled(key, top, height, count);
      top = next ?? top;
      return next !== undefined;
    },
    close: () => undefined,
  };
}
