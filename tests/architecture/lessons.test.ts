import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testNames } from '../support/test-names.ts';

/** T01 to T95, and one that was found between two others. */
const LESSONS = [
  ...Array.from({ length: 95 }, (_, index) => `T${String(index + 1).padStart(2, '0')}`),
  'T43b',
];

const inTests = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const contentOf = (path: string): string | undefined =>
  existsSync(inTests(path)) ? readFileSync(inTests(path), 'utf8') : undefined;

interface Row {
  readonly lesson: string;
  readonly behaviour: string;
  /** `file › name of a test or group`, or `does not apply: reason`. */
  readonly shownBy: readonly string[];
}

function rowsOf(table: string): Row[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('| T'))
    .map((line) => {
      const [, lesson = '', behaviour = '', shownBy = ''] = line.split('|').map((cell) => cell.trim());
      return { lesson, behaviour, shownBy: shownBy.split('<br>').map((each) => each.trim()) };
    });
}

/** What is wrong with a table of lessons. */
function problemsOf(table: string, lessons: readonly string[], read: typeof contentOf): string[] {
  const rows = rowsOf(table);
  const problems = lessons.flatMap((lesson) => {
    const count = rows.filter((row) => row.lesson === lesson).length;
    return count === 1 ? [] : [`${lesson} is there ${count} times`];
  });
  for (const { lesson, behaviour, shownBy } of rows) {
    if (!lessons.includes(lesson)) problems.push(`${lesson} is no lesson`);
    if (behaviour.length < 20) problems.push(`${lesson} says no behaviour`);
    for (const each of shownBy) {
      const problem = problemOf(each, read);
      if (problem) problems.push(`${lesson}: ${problem}`);
    }
  }
  return problems;
}

function problemOf(shownBy: string, read: typeof contentOf): string | undefined {
  if (shownBy.startsWith('does not apply: '))
    return shownBy.length > 30 ? undefined : `"${shownBy}" is no reason`;
  const [file = '', name] = shownBy.split(' › ');
  if (name === undefined) return `"${shownBy}" is neither a test nor a reason`;
  const content = file.endsWith('.test.ts') ? read(file) : undefined;
  if (content === undefined) return `there is no file ${file}`;
  return testNames(content).includes(name) ? undefined : `${file} has no test "${name}"`;
}

describe('the table of lessons', () => {
  const table = contentOf('lessons.md') ?? '';

  test('has each lesson once, and tests that exist or a reason for each', () => {
    expect(rowsOf(table).length).toBe(LESSONS.length);
    expect(problemsOf(table, LESSONS, contentOf)).toEqual([]);
  });

  test('has a test for nearly all of them', () => {
    const shown = rowsOf(table).filter(({ shownBy }) => shownBy.some((each) => each.includes(' › ')));
    expect(shown.length).toBeGreaterThan(85);
  });
});

describe('the check of the table finds', () => {
  const file = `describe.skipIf(isOdd(')'))('a group', () => {\n  test.each([['(']])(\n    "it's %s", () => {});\n});`;
  const problems = (...rows: string[]) =>
    problemsOf(rows.join('\n'), ['T01', 'T02'], (path) => (path === 'unit/a.test.ts' ? file : undefined));
  const good =
    "| T01 | A lease outlives the daemon. | unit/a.test.ts › a group<br>unit/a.test.ts › it's %s |";
  const other = '| T02 | An answer is always in JSON. | does not apply: there are no such answers |';

  test('nothing in a good one', () => {
    expect(problems('| lesson | behaviour | shown by |', '|---|---|---|', good, other)).toEqual([]);
  });

  test.each([
    ['a lesson that is missing', [good], 'T02 is there 0 times'],
    ['a lesson that is there twice', [good, good, other], 'T01 is there 2 times'],
    ['a number that is no lesson', [good, other, other.replace('T02', 'T96')], 'T96 is no lesson'],
    [
      'a test that does not exist',
      [good.replace('a group', 'a groop'), other],
      'T01: unit/a.test.ts has no test',
    ],
    [
      'a file that does not exist',
      [good.replace('a.test', 'b.test'), other],
      'T01: there is no file unit/b.test.ts',
    ],
    ['a row without tests', [good, '| T02 | An answer is always in JSON. | |'], 'T02: "" is neither'],
    [
      'a reason that is none',
      [good, '| T02 | An answer is always in JSON. | does not apply: no |'],
      'T02: "does not',
    ],
    [
      'a row that says nothing',
      [good, other.replace('An answer is always in JSON.', '-')],
      'T02 says no behaviour',
    ],
  ])('%s', (_, rows, problem) => {
    expect(problems(...rows)).toEqual([expect.stringContaining(problem)]);
  });
});
