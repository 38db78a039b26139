import { describe, expect, test } from 'vitest';
import { ruleMatcher, type Rules } from '../../../src/hook/permissions/rule.ts';
import { judge, entersSandbox } from '../../../src/hook/permissions/verdict.ts';
import { lineOf } from './support.ts';

const matches = (rule: string, text: string): boolean | undefined => ruleMatcher(rule)?.(text);
const verdict = (text: string, rules: Partial<Rules>) =>
  judge(text, lineOf(text), { allow: [], ask: [], deny: [], ...rules });

describe('a rule', () => {
  test.each([
    ['Bash', 'npm run dev', true],
    ['Bash(*)', 'npm run dev', true],
    ['Bash(npm run dev)', 'npm run dev', true],
    ['Bash(npm run dev)', 'npm run dev --port 1', false],
    ['Bash(npm run:*)', 'npm run dev', true],
    ['Bash(npm run:*)', 'npm run', true],
    ['Bash(npm run:*)', 'npm runs', false],
    ['Bash(npm run *)', 'npm run dev', true],
    ['Bash(npm run *)', 'npm run', true],
    ['Bash(npm run *)', 'npm runs', false],
    ['Bash(npm run*)', 'npm runs', true],
    ['Bash(npm * dev)', 'npm run dev', true],
    ['Bash(* dev)', 'npm run dev', true],
    ['Bash(npm (run|x) *)', 'npm (run|x) dev', true],
    ['Bash(npm . dev)', 'npm x dev', false],
  ])('%s and %s: %s', (rule, text, expected) => {
    expect(matches(rule, text)).toBe(expected);
  });

  test('about another tool says nothing', () => {
    expect(ruleMatcher('Read(./.env)')).toBeUndefined();
    expect(ruleMatcher('mcp__styxy')).toBeUndefined();
    expect(ruleMatcher('BashOutput')).toBeUndefined();
  });
});

describe('a rule that denies or asks keeps our hands off', () => {
  test.each([
    ['the whole line', 'npm run dev', 'Bash(npm run dev)'],
    ['one part', 'cd web && npm run dev', 'Bash(npm run:*)'],
    ['a part with assignments', 'PORT=1 npm run dev', 'Bash(npm run dev)'],
    ['the assignment', 'PORT=1 npm run dev', 'Bash(PORT=1 *)'],
    ['a part with redirections', 'npm run dev > log 2>&1 &', 'Bash(npm run dev)'],
    ['a part behind nohup', 'nohup npm run dev &', 'Bash(npm run dev)'],
    ['a part behind timeout and env', 'timeout 5 env A=1 npm run dev', 'Bash(npm run dev)'],
    ['nohup itself', 'nohup npm run dev &', 'Bash(nohup *)'],
    ['a part with other quotes', 'npm run "dev"', 'Bash(npm run dev)'],
    ['a part with more space', 'npm   run dev', 'Bash(npm run dev)'],
    ['a part by its path', './node_modules/.bin/vite --port 1', 'Bash(vite:*)'],
    ['a part in a substitution', 'echo "$(npm run dev)"', 'Bash(npm run dev)'],
    ['a part in a loop', 'for i in 1; do npm run dev; done', 'Bash(npm run dev)'],
    ['another part of the line', 'rm -rf x; npm run dev', 'Bash(rm *)'],
  ])('%s', (_, text, rule) => {
    expect(verdict(text, { deny: [rule] })).toBe('hands-off');
    expect(verdict(text, { ask: [rule], allow: ['Bash'] })).toBe('hands-off');
  });
});

describe('rules that allow', () => {
  test.each([
    ['every part', 'npm run build && npm run dev', ['Bash(npm run build)', 'Bash(npm run dev)']],
    ['with a wildcard', 'npm run dev -- --port 3000', ['Bash(npm run *)']],
    ['behind a program that is looked through', 'timeout 30 npm run dev', ['Bash(npm run dev)']],
    ['into /dev/null and between streams', 'npm run dev > /dev/null 2>&1 &', ['Bash(npm run dev)']],
    ['with a harmless variable', 'NO_COLOR=1 npm run dev', ['Bash(npm run dev)']],
  ])('cover a line: %s', (_, text, allow) => {
    expect(verdict(text, { allow })).toBe('allowed');
  });

  test.each([
    ['one part of two', 'rm -rf x && npm run dev', ['Bash(npm run dev)']],
    ['a variable that matters', 'NODE_OPTIONS=--require=./x npm run dev', ['Bash(npm run dev)']],
    ['env', 'env A=1 npm run dev', ['Bash(npm run dev)']],
    ['a file that is written', 'npm run dev > log', ['Bash(npm run dev)']],
    ['a word that only the shell knows', 'npm run dev $X', ['Bash(npm run *)']],
    ['a substitution', 'npm run dev "$(cat x)"', ['Bash']],
    ['a loop', 'while true; do npm run dev; done', ['Bash(npm run dev)', 'Bash(true)']],
    ['an assignment that stays', 'PATH=/x; npm run dev', ['Bash(npm run dev)']],
    ['only the wrapped form', 'npm run dev', ['Bash(styxy run *)']],
    ['nothing', 'npm run dev', []],
  ])('do not cover %s', (_, text, allow) => {
    expect(verdict(text, { allow })).toBe('undecided');
  });
});

describe('what runs outside of the sandbox', () => {
  const leaves = (original: string, rewritten: string, excluded: string[]) =>
    entersSandbox(
      { text: original, line: lineOf(original) },
      { text: rewritten, line: lineOf(rewritten) },
      excluded,
    );

  test('would come into it by the rewrite', () => {
    expect(leaves('npm run dev', 'styxy run -- npm run dev', ['npm run *'])).toBe(true);
    expect(leaves('cd a && npm run dev', 'cd a && styxy run -- npm run dev', ['npm run:*'])).toBe(true);
  });

  test('stays outside when the wrapper is excluded too, and inside when nothing is', () => {
    expect(leaves('npm run dev', 'styxy run -- npm run dev', ['npm *', 'styxy run *'])).toBe(false);
    expect(leaves('npm run dev', 'styxy run -- npm run dev', ['docker *'])).toBe(false);
    expect(leaves('npm run dev', 'styxy run -- npm run dev', [])).toBe(false);
  });
});
