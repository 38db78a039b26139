const ESC = '\u001b[';
/** Another screen than the one with the shell's lines, no cursor, and long lines are cut rather than wrapped. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_TO_END_OF_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** A whole terminal to draw on; the user's own screen comes back when it is closed. */
export interface Screen {
  /** Replaces what was there, without flicker. What does not fit is left out. */
  draw(lines: readonly string[]): void;
  close(): void;
}

export function openScreen(terminal: NodeJS.WriteStream): Screen {
  terminal.write(ENTER);
  return {
    draw(lines) {
      const visible = lines.slice(0, Math.max(1, terminal.rows || lines.length));
      const text = visible.map((line) => line + CLEAR_TO_END_OF_LINE).join('\n');
      terminal.write(`${HOME}${text}${CLEAR_BELOW}`);
    },
    close: () => void terminal.write(LEAVE),
  };
}
