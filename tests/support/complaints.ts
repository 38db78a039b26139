import { expect } from 'vitest';
import type { Exit } from './home.ts';

const STACK = /^\s+at .+:\d+:\d+\)?$/m;

/** A failure of Styxy's own, as people are told of it: what, why and what to try, and nothing else. */
export function expectError(exit: Exit, exitCode: number, errorCode: string | RegExp): void {
  expect(exit.code, exit.story).toBe(exitCode);
  const code = typeof errorCode === 'string' ? errorCode : `(?:${errorCode.source})`;
  expect(exit.stderr).toMatch(new RegExp(`^styxy: error\\[${code}\\]: \\S`));
  expect(exit.stderr).toMatch(/^ {2}try: \S/m);
  expect(exit.stderr).toMatch(/^ {2}see: \S*docs\/reference\/errors\.md#[a-z_]+$/m);
  expect(exit.stderr, 'no stack trace').not.toMatch(STACK);
  expect(exit.stderr, 'no reason left out').not.toMatch(/(why|try|ends with): *$/m);
  expect(exit.stdout).toBe('');
}

/** The same with `--json`: one document on stdout. */
export function expectJsonError(exit: Exit, exitCode: number, errorCode: string): void {
  expect(exit.code, exit.story).toBe(exitCode);
  const lines = exit.stdout.trimEnd().split('\n');
  expect(lines.length, exit.stdout).toBe(1);
  expect(JSON.parse(exit.stdout)).toEqual({
    success: false,
    error: {
      code: errorCode,
      message: expect.stringMatching(/\S/),
      why: exit.stderr.includes('  why: ') ? expect.stringMatching(/\S/) : null,
      hint: expect.stringMatching(/\S/),
      docs: `docs/reference/errors.md#${errorCode.toLowerCase()}`,
      details: expect.any(Object),
    },
  });
}

/** The command ran although nothing guards its port, and its user was told so. */
export function expectUnreservedRun(exit: Exit, exitCode: number): void {
  expect(exit.code, exit.story).toBe(exitCode);
  expect(exit.stderr).toMatch(/^styxy: warning: no daemon: \S/);
  expect(exit.stderr).toMatch(/running on port \d+, which was free a moment ago but is not reserved/);
  expect(exit.stderr, 'no stack trace').not.toMatch(STACK);
  expect(exit.stderr, 'no reason left out').not.toMatch(/(why|ends with): *$/m);
  const port = Number(/running on port (\d+)/.exec(exit.stderr)?.[1]);
  expect(exit.stdout).toBe(`${port}\n`);
}
