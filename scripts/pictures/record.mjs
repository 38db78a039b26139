/** Plays a scenario in a real shell. */
import { openShell } from './terminal.mjs';

const KEY_MS = 55;
const ENTER_MS = 350;
const HOLD_MS = 1600;
const END_MS = 5000;

/**
 * @param {object} scenario see `scenarios/`
 * @param {{ folder: string, env: Record<string, string> }} stage
 * @returns {Promise<{ rows: object[][], cursor?: object, ms: number }[]>} what was on the screen, and for how long it is to be shown
 */
export async function record(scenario, { folder, env }) {
  const { columns, rows = 30, animated = false } = scenario;
  const shell = await openShell({ columns, rows, cwd: folder, env });
  const frames = [];
  const show = (ms) => frames.push({ ...shell.look(), ms });
  try {
    show(KEY_MS * 8);
    for (const step of scenario.steps) await play(step, shell, show);
    if (!animated) return [{ rows: stillOf(shell.look({ all: true })), ms: 0 }];
    frames.at(-1).ms = END_MS;
    const height = scenario.rows;
    return frames.map((frame) => ({ ...frame, rows: frame.rows.slice(0, height) }));
  } finally {
    await shell.close();
  }
}

async function play({ type, until, press, hold = HOLD_MS }, shell, show) {
  if (type !== undefined) {
    await shell.type(type, () => show(KEY_MS));
    show(ENTER_MS);
    shell.enter();
  }
  if (press !== undefined) shell.press(press);
  for (const text of until ?? []) {
    await shell.shows(text);
    show(ENTER_MS);
  }
  if (until === undefined) await shell.prompt();
  show(hold);
}

/** Without the prompt that waits for the next command, and without what is empty below. */
function stillOf({ rows, cursor }) {
  const isPromptAlone = rows[cursor.y]?.length === 2 && rows[cursor.y][1].text === '$';
  const end = isPromptAlone ? cursor.y : rows.length;
  return rows.slice(0, 1 + rows.findLastIndex((runs, y) => runs.length > 0 && y < end));
}
