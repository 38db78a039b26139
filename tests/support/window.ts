import emulation from '@xterm/headless';
import { BIN, type StyxyHome } from './home.ts';
import { waitFor } from './processes.ts';
import { openTerminal, type Terminal } from './pty.ts';

const DOWN = '\u001b[B';
const UP = '\u001b[A';
const KEYS = { up: UP, down: DOWN, escape: '\u001b', enter: '\r', backspace: '\u007f' } as const;

/** A command on a terminal that covers it, as a person sees it. */
export interface Window extends Pick<Terminal, 'pid' | 'press' | 'exited' | 'hangUp' | 'screen'> {
  /** What is to be seen now, without spaces at the ends of lines. */
  lines(): Promise<string[]>;
  /** The program draws on a screen of its own. */
  isCovered(): boolean;
  /** Waits until all of these are to be seen at once. @returns what is seen then */
  shows(...wanted: (RegExp | string)[]): Promise<string>;
  type(...keys: string[]): void;
  resize(columns: number, rows: number): void;
}

interface Options {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** `styxy ...args` in a terminal that is emulated. */
export function openWindow(home: StyxyHome, args: readonly string[], options: Options = {}): Window {
  const { columns = 80, rows = 24, env = {}, cwd = home.place } = options;
  const place = {
    environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
    path: () => cwd,
  };
  const words = [process.execPath, BIN, ...args];
  const terminal = openTerminal(place, words, { TERM: 'xterm-256color', ...env }, { columns, rows });
  return windowOf(terminal, columns, rows);
}

export function windowOf(terminal: Terminal, columns: number, rows: number): Window {
  const emulator = new emulation.Terminal({ cols: columns, rows, allowProposedApi: true });
  let read = 0;

  async function lines(): Promise<string[]> {
    const text = terminal.screen();
    const next = text.slice(read);
    read = text.length;
    await new Promise<void>((resolve) => emulator.write(next, resolve));
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, at) =>
      (active.getLine(active.baseY + at)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  return {
    pid: terminal.pid,
    press: terminal.press,
    exited: terminal.exited,
    hangUp: terminal.hangUp,
    screen: terminal.screen,
    lines,
    isCovered: () => emulator.buffer.active.type === 'alternate',
    async shows(...wanted) {
      let seen = '';
      await waitFor(
        async () => {
          seen = (await lines()).join('\n');
          return wanted.every((each) => (typeof each === 'string' ? seen.includes(each) : each.test(seen)));
        },
        20_000,
        () => `${wanted.join(' and ')} in the window:\n${seen}\n`,
      );
      return seen;
    },
    type: (...keys) =>
      keys.forEach((key) => terminal.write(key in KEYS ? KEYS[key as keyof typeof KEYS] : key)),
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      emulator.resize(nextColumns, nextRows);
    },
  };
}
