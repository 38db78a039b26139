import { spawn } from '@lydell/node-pty';
import { childrenOf, isAlive, waitFor } from './processes.ts';
import type { Environment, Wrapper } from './wrapper.ts';

const CTRL = { c: '\u0003', z: '\u001A', '\\': '\u001C' } as const;

/** A pseudo-terminal with a program in it that leads its session. */
export interface Terminal extends Pick<Environment, 'survivors' | 'gone'> {
  readonly pid: number;
  /** Everything it showed so far. */
  screen(): string;
  write(text: string): void;
  press(key: keyof typeof CTRL): void;
  resize(columns: number, rows: number): void;
  /** Waits for the pattern in what came after the previous match, like expect(1). */
  until(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  exited(deadlineMs?: number): Promise<{ code: number; signal: number }>;
  /** Closes the terminal's other end, as a closed window or a lost ssh does. */
  hangUp(): void;
}

export function openTerminal(
  wrapper: Pick<Wrapper, 'environment' | 'path'>,
  words: readonly string[],
  extraEnv: Record<string, string> = {},
  { columns, rows } = { columns: 100, rows: 30 },
): Terminal {
  const own = wrapper.environment();
  const [file = '', ...args] = words;
  const pty = spawn(file, args, {
    cols: columns,
    rows,
    cwd: wrapper.path(''),
    env: { ...own.env, TERM: 'dumb', ...extraEnv },
  });
  const state = { shown: '', matched: 0, end: undefined as { code: number; signal: number } | undefined };
  pty.onData((text) => (state.shown += text));
  pty.onExit(({ exitCode, signal }) => (state.end = { code: exitCode, signal: signal ?? 0 }));
  const tail = () => JSON.stringify(state.shown.slice(-1500));

  return {
    pid: pty.pid,
    screen: () => state.shown,
    write: (text) => pty.write(text),
    press: (key) => pty.write(CTRL[key]),
    resize: (columns, rows) => pty.resize(columns, rows),
    until: async (pattern, deadlineMs = 20_000) => {
      const found = await waitFor(
        () => pattern.exec(state.shown.slice(state.matched)),
        deadlineMs,
        () => `${pattern} on the terminal, which shows: ${tail()}`,
      );
      state.matched += found.index + found[0].length;
      return found;
    },
    exited: (deadlineMs = 20_000) =>
      waitFor(
        () => state.end,
        deadlineMs,
        () => `the terminal's program to end; it shows: ${tail()}`,
      ),
    // The typings leave `destroy` out; `kill` would only signal the leader and keep the terminal open.
    hangUp: () => {
      if ('destroy' in pty && typeof pty.destroy === 'function') pty.destroy();
    },
    survivors: own.survivors,
    gone: own.gone,
  };
}

export const PROMPT = /ready> /;

/** An interactive bash with job control, in a terminal of its own. */
export interface Shell extends Terminal {
  type(line: string): void;
  /** `$?` of the last command line. Waits for the prompt before and after. */
  status(): Promise<number>;
  /** The pid of the shell's only job's first process: the wrapper. */
  job(): Promise<number>;
}

export async function openShell(wrapper: Wrapper): Promise<Shell> {
  const terminal = openTerminal(wrapper, ['bash', '--noprofile', '--norc', '--noediting', '-i'], {
    PS1: 'ready> ',
  });
  await terminal.until(PROMPT);
  const type = (line: string) => terminal.write(`${line}\n`);
  return {
    ...terminal,
    type,
    status: async () => {
      await terminal.until(PROMPT);
      // What is typed is echoed: only the shell's answer has a digit after the sign.
      type('echo "status=$?"');
      const [, digits] = await terminal.until(/status=(\d+)/);
      await terminal.until(PROMPT);
      return Number(digits);
    },
    job: () =>
      waitFor(
        () => childrenOf(terminal.pid).find((pid) => isAlive(pid)),
        15_000,
        `a child process of the shell`,
      ),
  };
}
