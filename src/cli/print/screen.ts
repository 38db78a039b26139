const ESC = '\u001b[';
/** Another screen than the one with the shell's lines, no cursor, and long lines are cut rather than wrapped. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
const CLEAR = `${ESC}H${ESC}J`;
const CLEAR_LINE = `${ESC}K`;
const toLine = (at: number): string => `${ESC}${at + 1};1H`;

/** A whole terminal to draw on; the user's own screen comes back when it is closed. */
export interface Screen {
  /** Replaces what was there, and writes the lines alone that have changed. What is below the window is left out. */
  draw(lines: readonly string[]): void;
  /** The terminal shows something else now, or has another size: the next picture is written as a whole. */
  forget(): void;
  /** Closed, it can be opened again. */
  open(): void;
  close(): void;
}

export function openScreen(terminal: NodeJS.WriteStream): Screen {
  let shown: readonly string[] | undefined;
  let isOpen = false;
  const screen: Screen = {
    draw(lines) {
      if (!isOpen) return;
      const fitting = lines.slice(0, terminal.rows || lines.length);
      const before = shown ?? [];
      const count = Math.max(fitting.length, before.length);
      // Cleared first: behind a line as wide as the window, the last letter would be taken away.
      const changes = Array.from({ length: count }, (_, at) =>
        fitting[at] === before[at] ? '' : `${toLine(at)}${CLEAR_LINE}${fitting[at] ?? ''}`,
      );
      const text = (shown ? '' : CLEAR) + changes.join('');
      shown = fitting;
      if (text !== '') terminal.write(text);
    },
    forget() {
      shown = undefined;
    },
    open() {
      if (isOpen) return;
      isOpen = true;
      shown = undefined;
      terminal.write(ENTER);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      terminal.write(LEAVE);
    },
  };
  screen.open();
  return screen;
}

/** With the empty line above it. */
const FOOTER_LINES = 2;

/** Lines and a footer for a window of that many rows. Lines that do not fit are left out, never the footer, which says so. */
export function withFooter(
  lines: readonly string[],
  footer: string,
  rows: number | undefined,
  dim: (text: string) => string,
): string[] {
  const room = Math.max(0, (rows || Number.POSITIVE_INFINITY) - FOOTER_LINES);
  const hidden = Math.max(0, lines.length - room);
  const more = hidden > 0 ? `${hidden} more lines. ` : '';
  return [...lines.slice(0, room), '', dim(more + footer)].slice(-(rows || 0));
}
