import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { shimText } from '../../../src/hook/quick/shim.ts';
import { tempDir } from '../../support/temp.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIM = shimText(`printf 'asked'`);

/** What the script in front says to an event: nothing, or that the hook itself is to be asked. */
function answers(events: readonly string[], agent = 'claude-code'): string[] {
  const { path, remove } = tempDir();
  try {
    writeFileSync(join(path, 'shim.sh'), SHIM);
    return events.map((input) => {
      const { stdout, stderr, status } = spawnSync('/bin/sh', [join(path, 'shim.sh'), agent], {
        input,
        encoding: 'utf8',
      });
      expect({ stderr, status }, input).toEqual({ stderr: '', status: 0 });
      return stdout;
    });
  } finally {
    remove();
  }
}

const event = (command: string, more: object = {}): string =>
  JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command, ...more } });

test('lines of harmless programs end in the script', () => {
  const lines = [
    'ls',
    'ls -la src/hook',
    'cd web && git status',
    'git diff --stat | head -20',
    'cat package.json 2>/dev/null; echo done',
    "rg -n 'create server' src",
    'npm install && npx tsc -p tsconfig.json 2>&1 | tail -5',
    'git log --oneline -5 || true',
    'mkdir -p a/b && cp x.txt a/b/ && wc -l a/b/x.txt',
  ];
  for (const [at, answer] of answers(lines.map((line) => event(line))).entries())
    expect(answer, lines[at]).toBe('');
});

test('everything else asks the hook', { timeout: 120_000 }, () => {
  const lines = [
    'vite',
    'npm run dev',
    'npm',
    'npx vite',
    'git daemon',
    'git -c alias.x=!vite x',
    'ls && vite',
    'ls;vite',
    'ls; vite',
    'ls & vite',
    'ls&vite',
    'ls |vite',
    'ls || npm start',
    '(vite)',
    '{ vite; }',
    '! vite',
    'ls $(vite)',
    'ls `vite`',
    'ls $X',
    'ls "a b"',
    'ls <(vite)',
    'A=1 vite',
    'A=1 ls',
    'PATH=. ls',
    "'ls'",
    'l\\s',
    'ls\nvite',
    'ls\tvite',
    'ls\r\nvite',
    'ls # x',
    'ls *',
    'ls ~',
    '> log vite',
    '>log vite',
    '2>&1 vite',
    'ls > log & vite',
    'if ls; then vite; fi',
    './ls',
    '/tmp/ls',
    'env vite',
    'exec vite',
    'xargs vite',
    'find . -exec vite',
    'kill 1',
    'styxy stop web',
    'docker run -p 80:80 nginx',
    'ls && ',
    '',
    ' ',
    'größe',
    'ls 🚀',
  ];
  for (const [at, answer] of answers(lines.map((line) => event(line))).entries())
    expect(answer, lines[at]).toBe('asked');
});

test('so does an event that can be read in two ways', () => {
  const strange = [
    '{"hook_event_name":"PreToolUse","tool_input":{"x":{"command":"ls"},"command":"vite"}}',
    '{"hook_event_name":"PreToolUse","tool_input":{"command" : "vite","y":{"command":"ls"}}}',
    '{"hook_event_name":"PreToolUse","tool_input":{"\\u0063ommand":"vite","y":{"command":"ls"}}}',
    '{"hook_event_name":"PreToolUse","tool_input":{"command":"\\u0076ite"}}',
    '{"hook_event_name":"PreToolUse","tool_input":{"command": "ls"}}',
    '{"hook_event_name":"SessionStart","x":{"command":"ls"}}',
    '{"hook_event_name":"SessionStart","source":"startup"}',
    '',
    'no JSON',
  ];
  expect(answers(strange)).toEqual(strange.map(() => 'asked'));
});

describe('the answer of the script itself', () => {
  test('is what the agent wants to hear', () => {
    const cursor = event('ls').replace('PreToolUse', 'preToolUse');
    expect(answers([cursor], 'cursor')).toEqual(['{}']);
    expect(answers([event('ls').replace('PreToolUse', 'BeforeTool')], 'gemini-cli')).toEqual(['']);
  });
});

test('the text of a line does not decide by its length', () => {
  const long = `echo ${'x'.repeat(100_000)}`;
  expect(
    answers([event(long), event(`${long} && vite`), event('ls', { description: `"command":"ls" ${long}` })]),
  ).toEqual(['', 'asked', '']);
});

test('the scripts of the package are made from it', () => {
  const read = (path: string) =>
    spawnSync('cat', [fileURLToPath(new URL(`../../../${path}`, import.meta.url))], { encoding: 'utf8' })
      .stdout;
  const start = SHIM.slice(0, SHIM.indexOf("printf 'asked'"));
  expect(read('hooks/hook.sh')).toContain(start);
  expect(read('hooks/claude-code/hook.sh')).toContain(start);
});
