import type { LineCommand } from '../line/command.ts';
import { peel, peelOnce } from '../line/peel.ts';

/** Variables that change how a program looks, not what it does: a rule for the program covers it with them. */
const HARMLESS =
  /^(NO_COLOR|FORCE_COLOR|TERM|COLORTERM|TZ|LANG|LC_\w+|RUST_LOG|RUST_BACKTRACE|PYTHONUNBUFFERED)$/;
/** Claude Code looks through these when it matches a rule. */
const TRANSPARENT = /^(timeout|time|nice|nohup|stdbuf)$/;

/**
 * Every text by which a rule may mean this command: as it stands, without redirections, assignments and the programs
 * that only start another one, and as the shell sees it. For rules that forbid: one too many costs nothing.
 */
export function broadTexts(line: string, command: LineCommand): string[] {
  const texts = new Set([line.slice(command.span.start, command.span.end), withAssignments(line, command)]);
  for (let at: LineCommand | undefined = command; at !== undefined; at = peelOnce(at)) {
    texts.add(written(at));
    texts.add(seen(at));
    texts.add(seen(at).replace(/^\S*\//, ''));
  }
  return [...texts].map(oneSpaced);
}

/** The texts by which a rule surely means this command, and all of it. For rules that allow. */
export function exactTexts(line: string, command: LineCommand): string[] {
  const texts = [withAssignments(line, command)];
  if (command.assignments.every(({ name }) => HARMLESS.test(name))) {
    texts.push(written(command));
    const inner = TRANSPARENT.test(command.words[0]?.value ?? '') ? peel(command) : command;
    if (inner.assignments.length === command.assignments.length) texts.push(written(inner));
  }
  return texts.map(oneSpaced);
}

function withAssignments(line: string, command: LineCommand): string {
  const own = command.assignments.filter(({ start }) => start >= command.span.start);
  return [...own.map(({ start, end }) => line.slice(start, end)), written(command)].join(' ');
}

/** The words as they were typed, without redirections. */
function written({ words }: LineCommand): string {
  return words.map(({ text }) => text).join(' ');
}

function seen({ words }: LineCommand): string {
  return words.map(({ value, text }) => value ?? text).join(' ');
}

function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
