import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { journeysOf, problemsOfJourney } from '../support/journeys.ts';
import { readArchitecturePage } from '../support/rooms-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string | undefined =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;

const journeys = journeysOf(readArchitecturePage());

describe('a way through the code in docs/architecture.md', () => {
  test('is there for a command, for a port and for a listener', () => {
    expect([...journeys.keys()]).toEqual([
      expect.stringContaining('A command'),
      expect.stringContaining('A port'),
      expect.stringContaining('A listener'),
    ]);
  });

  test.each([...journeys])('%s: each step exists, and an earlier one leads to it', (_, steps) => {
    expect(steps.length).toBeGreaterThan(7);
    expect(problemsOfJourney(steps, read)).toEqual([]);
    // A reader can't follow what is reached otherwise than by a call, so that is rare: another process, a part that was handed in.
    expect(steps.filter(({ from }) => typeof from === 'string').length).toBeLessThanOrEqual(3);
  });
});

describe('the check of a way finds', () => {
  const files: Record<string, string> = {
    'src/a.ts': `import { deep as dive } from './b.ts';\nexport function top() { return next(() => dive()); }\nconst next = (f: () => void) => f();`,
    'src/b.ts': `export const deep = (): void => undefined;\nexport const other = { far(): void {} };`,
  };
  const problems = (...lines: string[]): string[] => {
    const steps = journeysOf(`### A way\n${lines.map((line, index) => `${index + 1}. ${line}`).join('\n')}`);
    return problemsOfJourney(steps.get('A way') ?? [], (path) => files[path]);
  };

  test.each([
    ['a file that is gone', ['`src/c.ts › top`: x'], 'there is no file src/c.ts'],
    ['a function that is gone', ['`src/a.ts › bottom`: x'], 'src/a.ts has no function bottom'],
    [
      'a step to which nothing leads',
      ['`src/a.ts › next`: x', '`src/b.ts › deep`: x'],
      'src/a.ts › next does not lead to src/b.ts › deep',
    ],
    [
      'a step in a file that is not imported',
      ['`src/b.ts › deep`: x', '`src/a.ts › top`: x'],
      'src/b.ts › deep does not lead to src/a.ts › top',
    ],
  ])('%s', (_, lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });

  test('nothing where each step can be followed, also under another name, from further back, or without a call', () => {
    expect(
      problems(
        '`src/a.ts › top`: x',
        '`src/a.ts › next`: x',
        '(from 1) `src/b.ts › deep`: x',
        '(by an event) `src/b.ts › far`: x',
      ),
    ).toEqual([]);
  });
});
