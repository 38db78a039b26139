/** A real shell in a pseudo-terminal, with an emulator that knows what a person would see. */
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { runsOf } from './runs.mjs';

const KEYS = { 'ctrl-c': '\u0003', enter: '\r', escape: '\u001B', up: '\u001B[A', down: '\u001B[B' };
const DEADLINE_MS = 120_000;
/** Told by the prompt itself: the mark of terminals for the end of a prompt. */
const PROMPT = { code: 133, text: 'B' };
const PS1 = String.raw`\[\e[1;34m\]\w\[\e[0m\] $ \[\e]${PROMPT.code};${PROMPT.text}\a\]`;

/**
 * @param {{ columns: number, rows: number, cwd: string, env: Record<string, string> }} options
 * @returns a shell that waits for its first command
 */
export async function openShell({ columns, rows, cwd, env }) {
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const shell = spawn('bash', ['--noprofile', '--norc', '-i'], {
    cols: columns,
    rows,
    cwd,
    env: { ...env, PS1, TERM: 'xterm-256color' },
  });
  let prompts = 0;
  let awaited = 1;
  let changed = () => undefined;
  screen.parser.registerOscHandler(PROMPT.code, (text) => {
    if (text === PROMPT.text) prompts += 1;
    return true;
  });
  shell.onData((data) => screen.write(data, () => changed()));
  const ended = new Promise((resolve) => shell.onExit(resolve));

  const until = (isSo, what) =>
    new Promise((resolve, reject) => {
      const seen = () => `waited for ${what}, saw:\n${textOf(screen)}`;
      const timer = setTimeout(() => reject(new Error(seen())), DEADLINE_MS);
      changed = () => {
        if (!isSo()) return;
        clearTimeout(timer);
        resolve();
      };
      changed();
    });
  const prompt = () => until(() => prompts >= awaited, 'the prompt');

  await prompt();
  return {
    prompt,
    /** One key after the other, as the shell shows them. */
    async type(text, shown = () => undefined) {
      for (const [index, key] of [...text].entries()) {
        shell.write(key);
        const typed = [...text].slice(0, index + 1).join('');
        await until(() => lineToCursor(screen).endsWith(typed), `"${typed}"`);
        shown();
      }
    },
    /** Starts what was typed; its end is the next prompt. */
    enter() {
      awaited = prompts + 1;
      shell.write(KEYS.enter);
    },
    press: (key) => shell.write(KEYS[key] ?? key),
    shows: (text) => until(() => textOf(screen).includes(text), `"${text}"`),
    /** The rows on the screen, or all that there were, as runs of one style; and where the cursor is. */
    look({ all = false } = {}) {
      const { baseY, cursorX, cursorY, length } = screen.buffer.active;
      const first = all ? 0 : baseY;
      const lines = Array.from({ length: all ? length : rows }, (_, y) =>
        screen.buffer.active.getLine(first + y),
      );
      return {
        rows: lines.map((line) => runsOf(line, columns)),
        cursor: { x: cursorX, y: baseY - first + cursorY },
      };
    },
    async close() {
      // A signal alone can come while bash is about to wait for a key, and is then seen with the next key.
      shell.destroy();
      await ended;
      screen.dispose();
    },
  };
}

/** With lines that were too wide in one piece. */
function textOf(screen) {
  const { active } = screen.buffer;
  const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y));
  return lines
    .map((line) => `${line.isWrapped ? '' : '\n'}${line.translateToString(false)}`)
    .join('')
    .replaceAll(/ +$/gm, '')
    .trim();
}

function lineToCursor(screen) {
  const { active } = screen.buffer;
  let y = active.baseY + active.cursorY;
  let text = active.getLine(y).translateToString(false, 0, active.cursorX);
  while (active.getLine(y)?.isWrapped) text = active.getLine((y -= 1)).translateToString(false) + text;
  return text;
}
