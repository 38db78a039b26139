import { openScreen } from '../print/screen.ts';

/** The terminal as the window of a program that covers it. */
export interface TerminalWindow {
  size(): { columns: number; rows: number };
  draw(lines: readonly string[]): void;
  /** Gives the terminal back to the shell until `fg`, as Ctrl-Z does. */
  suspend(): void;
  close(): void;
}

/** @param redraw it has another size, or is back from the shell */
export function openTerminal(redraw: () => void): TerminalWindow {
  const { stdin, stdout } = process;
  const screen = openScreen(stdout);

  const anew = (): void => {
    screen.forget();
    redraw();
  };
  function resume(): void {
    screen.open();
    // The shell has changed the mode behind the back of Node, which sets none that it believes to be set.
    stdin.setRawMode(false);
    stdin.setRawMode(true);
    anew();
  }
  /** @param pid 0: all that the terminal would signal, `npx` for instance */
  function stop(pid: number): void {
    screen.close();
    stdin.setRawMode(false);
    process.off('SIGTSTP', stopAlone);
    process.kill(pid, 'SIGTSTP');
    // Here it goes on, after `fg`; at once where no shell could continue it.
    process.on('SIGTSTP', stopAlone);
    resume();
  }
  const stopAlone = (): void => stop(process.pid);
  process.on('SIGTSTP', stopAlone);
  process.on('SIGCONT', resume);
  stdout.on('resize', anew);
  process.on('exit', screen.close);

  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    draw: screen.draw,
    suspend: () => stop(0),
    close() {
      process.off('SIGTSTP', stopAlone);
      process.off('SIGCONT', resume);
      stdout.off('resize', anew);
      process.off('exit', screen.close);
      if (stdin.isTTY) stdin.setRawMode(false);
      screen.close();
    },
  };
}
