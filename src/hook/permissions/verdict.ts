import type { Line, LineCommand } from '../line/command.ts';
import { broadTexts, exactTexts } from './parts.ts';
import { type Matcher, patternMatcher, ruleMatcher, type Rules } from './rule.ts';

/** What the user's rules mean for a line that is to be changed. */
export type Verdict =
  /** A rule forbids a part of it, or wants to be asked: the line stays, for the rule would not match it any longer. */
  | 'hands-off'
  /** The user's rules allow each part of it, so that the changed line may run without a question. */
  | 'allowed'
  | 'undecided';

/** Judges the line as the agent wrote it. */
export function judge(text: string, line: Line, rules: Rules): Verdict {
  const strict = [...rules.deny, ...rules.ask].flatMap((rule) => ruleMatcher(rule) ?? []);
  if (matchesAny(strict, [text.trim(), ...line.commands.flatMap((command) => broadTexts(text, command))]))
    return 'hands-off';
  const allow = rules.allow.flatMap((rule) => ruleMatcher(rule) ?? []);
  const isAllowed =
    line.isSimple &&
    line.commands.length > 0 &&
    line.commands.every((command) => isPlain(command) && matchesAny(allow, exactTexts(text, command)));
  return isAllowed ? 'allowed' : 'undecided';
}

/** A command of the original runs outside of the sandbox, and would run inside of it once rewritten. */
export function entersSandbox(
  original: { text: string; line: Line },
  rewritten: { text: string; line: Line },
  excludedCommands: readonly string[],
): boolean {
  const excluded = excludedCommands.map(patternMatcher);
  const outside = ({ text, line }: { text: string; line: Line }): number =>
    line.commands.filter((command) => matchesAny(excluded, broadTexts(text, command))).length +
    (matchesAny(excluded, [text.trim()]) ? 1 : 0);
  return outside(rewritten) < outside(original);
}

/** What it does is all there: no file is written, and no word waits for the shell. */
function isPlain({ words, redirects }: LineCommand): boolean {
  return !redirects && words.every(({ value, from }) => value !== undefined && from.length === 0);
}

function matchesAny(matchers: readonly Matcher[], texts: readonly string[]): boolean {
  return matchers.some((matches) => texts.some((text) => matches(text)));
}
