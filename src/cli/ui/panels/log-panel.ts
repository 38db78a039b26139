import { widthOf } from '../../print/text-width.ts';
import { scrolled, type Panel } from './panel.ts';
import { wrapLine } from './wrap-line.ts';

/** What is kept of a log. */
const MOST_LINES = 5000;

export interface LogPanel extends Panel {
  add(lines: readonly string[]): void;
}

/** Where the window is in the log; `top` undefined: at its end, whatever is added. */
interface Place {
  top: number | undefined;
  /** The line that was found last. */
  found: number;
  /** Of the whole log. */
  lines: string[];
  /** As the window was last: lines, and how many of them fit. */
  wrapped: string[];
  height: number;
}

/**
 * A log that grows. Lines are plain text.
 * @param hit makes what was searched for stand out
 * @param onClose nobody follows it any more
 */
export function createLogPanel(title: string, hit: (text: string) => string, onClose: () => void): LogPanel {
  const place: Place = { top: undefined, found: 0, lines: [], wrapped: [], height: 1 };
  let wrappedFor = 0;
  const search = createSearch(place);

  function wrap(width: number): void {
    if (width === wrappedFor) return;
    wrappedFor = width;
    place.wrapped = place.lines.flatMap((line) => wrapLine(line, width));
  }

  function scroll(key: string, height: number): boolean {
    const end = Math.max(0, place.wrapped.length - height);
    if (key === 'f') place.top = undefined;
    const next = scrolled(key, place.top ?? end, height, place.wrapped.length);
    if (next !== undefined) place.top = next === end ? undefined : next;
    return key === 'f' || next !== undefined;
  }

  return {
    title,
    keys: () =>
      [
        place.top === undefined ? 'following' : 'f follow',
        'j k scroll',
        '/ search',
        ...(search.text() ? ['n N next, previous'] : []),
        'esc back',
      ].join('  '),
    prompt: () => search.prompt(),
    lines(width, height) {
      wrap(width);
      const end = Math.max(0, place.wrapped.length - height);
      if (place.top !== undefined) place.top = Math.min(place.top, end);
      const top = place.top ?? end;
      place.height = height;
      return place.wrapped.slice(top, top + height).map((line) => marked(line, search.text(), hit));
    },
    onKey: (key, height) => search.onKey(key) || scroll(key, height),
    add(added) {
      const lines = added.slice(-MOST_LINES);
      // Not by `push(...)`: they may be more than a call may have arguments.
      place.lines = place.lines.concat(lines);
      if (wrappedFor > 0)
        place.wrapped = place.wrapped.concat(lines.flatMap((line) => wrapLine(line, wrappedFor)));
      if (place.lines.length <= MOST_LINES * 1.2) return;
      place.lines = place.lines.slice(-MOST_LINES);
      const before = place.wrapped.length;
      const width = wrappedFor;
      wrappedFor = 0;
      wrap(width);
      // What is looked at stays where it is, while it is there.
      const dropped = Math.max(0, before - place.wrapped.length);
      if (place.top !== undefined) place.top = Math.max(0, place.top - dropped);
      place.found = Math.max(0, place.found - dropped);
    },
    close: onClose,
  };
}

interface Search {
  /** Empty: nothing is searched for. */
  text(): string;
  prompt(): string | undefined;
  onKey(key: string): boolean;
}

function createSearch(place: Place): Search {
  let text = '';
  let isTyping = false;
  let isThere = true;

  /** The nearest hit from this line on, then on from the other end. */
  function go(from: number, step: 1 | -1): void {
    const count = place.wrapped.length;
    const wanted = text.toLowerCase();
    for (let passed = 0; passed < count; passed += 1) {
      const at = (((from + step * passed) % count) + count) % count;
      if (!place.wrapped[at]!.toLowerCase().includes(wanted)) continue;
      place.top = Math.min(at, Math.max(0, count - place.height));
      place.found = at;
      isThere = true;
      return;
    }
    isThere = false;
  }

  function type(key: string): void {
    if (key === 'escape') {
      isTyping = false;
      text = '';
    } else if (key === 'enter') {
      isTyping = false;
      if (text !== '') go(place.wrapped.length - 1, -1);
    } else if (key === 'backspace') text = Array.from(text).slice(0, -1).join('');
    else if (widthOf(key) > 0 && Array.from(key).length === 1) text += key;
  }

  return {
    text: () => text,
    prompt() {
      if (isTyping) return `/${text}_`;
      return text !== '' && !isThere ? `"${text}" is not in the log` : undefined;
    },
    onKey(key) {
      if (isTyping) type(key);
      else if (key === '/') {
        isTyping = true;
        text = '';
        isThere = true;
      } else if (text === '') return false;
      else if (key === 'escape') text = '';
      else if (key === 'n') go(place.found - 1, -1);
      else if (key === 'N') go(place.found + 1, 1);
      else return false;
      return true;
    },
  };
}

/** The line with all hits made to stand out. */
function marked(line: string, text: string, hit: (text: string) => string): string {
  if (text === '') return line;
  const [lower, wanted] = [line.toLowerCase(), text.toLowerCase()];
  // Some letters are longer in the other case: then no place is known.
  if (lower.length !== line.length) return line;
  let out = '';
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    out += line.slice(from, at) + hit(line.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return out + line.slice(from);
}
