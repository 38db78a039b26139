import { StyxyError } from '../base/styxy-error.ts';
import { isSection } from './layers.ts';
import { parseJsonConfig, withLines } from './parse.ts';
import { problem, type ConfigProblem } from './problem.ts';

/** What keeps the scripts of a package.json from being read; npm refuses to run any of them then. */
export function packageProblems(text: string, file: string): ConfigProblem[] {
  try {
    return withLines(problemsIn(parseJsonConfig(text, file), file), text);
  } catch (error) {
    const told = error instanceof StyxyError && error.details.problems;
    if (!told) throw error;
    return told as ConfigProblem[];
  }
}

function problemsIn(content: unknown, file: string): ConfigProblem[] {
  if (!isSection(content)) return [problem(file, '', content, 'expected an object')];
  const { scripts = {} } = content;
  if (!isSection(scripts)) return [problem(file, 'scripts', scripts, 'expected an object')];
  return Object.entries(scripts).flatMap(([name, script]) =>
    typeof script === 'string' ? [] : [problem(file, `scripts.${name}`, script, 'expected a text')],
  );
}
