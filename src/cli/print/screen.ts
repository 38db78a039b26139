const ESC = '\u001b[';
/** Another screen than the one with the shell's lines, no cursor, and long lines are cut rather than wrapped. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_TO_END_OF_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;
/** With the empty line above it. */
const FOOTER_LINES = 2;

/** A whole terminal to draw on; the user's own screen comes back when it is closed. */
export interface Screen {
  /** Replaces what was there, without flicker. Lines that do not fit are left out, never the footer, which says so. */
  draw(lines: readonly string[], footer: string): void;
  close(): void;
}

export function openScreen(terminal: NodeJS.WriteStream, dim: (text: string) => string): Screen {
  terminal.write(ENTER);
  return {
    draw(lines, footer) {
      const room = Math.max(0, (terminal.rows || Number.POSITIVE_INFINITY) - FOOTER_LINES);
      const hidden = Math.max(0, lines.length - room);
      const more = hidden > 0 ? `${hidden} more lines. ` : '';
      const visible = [...lines.slice(0, room), '', dim(more + footer)].slice(-(terminal.rows || 0));
      // Cleared first: behind a line as wide as the window, the last letter would be taken away.
      const text = visible.map((line) => CLEAR_TO_END_OF_LINE + line).join('\n');
      terminal.write(`${HOME}${text}${CLEAR_BELOW}`);
    },
    close: () => void terminal.write(LEAVE),
  };
}
