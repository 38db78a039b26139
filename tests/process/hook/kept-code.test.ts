import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/temp.ts';

const HOOK = fileURLToPath(new URL('../../../dist/hook.cjs', import.meta.url));

/** Runs the hook as an agent does, with a home that may not be there. */
function ask(home: string): string {
  const input = JSON.stringify({
    session_id: 's',
    cwd: '/',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command: 'python3 -m http.server 8000 # …größer' },
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [HOOK, 'claude-code'], {
    input,
    env: { PATH: '/usr/bin:/bin', HOME: home, STYXY_HOME: home },
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain('styxy run -- python3 -m http.server 8000 # …größer');
  return stdout;
}

test('what was compiled is kept in a home that is there, and no answer depends on it', () => {
  const { path, remove } = tempDir();
  try {
    const home = join(path, 'home');
    const answer = ask(home);
    expect(existsSync(home)).toBe(false);

    mkdirSync(home);
    expect(ask(home)).toBe(answer);
    const kept = (): string[] => readdirSync(join(home, 'cache'));
    const [folder = ''] = kept();
    expect(kept()).toHaveLength(1);
    const file = join(home, 'cache', folder, 'hook-main.cjs');
    const compiled = readFileSync(file);
    expect(ask(home)).toBe(answer);
    expect(readFileSync(file)).toEqual(compiled);

    // What is no code is made anew.
    for (const damage of [
      Buffer.from('no code'),
      Buffer.alloc(0),
      compiled.subarray(0, compiled.length / 2),
    ]) {
      writeFileSync(file, damage);
      expect(ask(home)).toBe(answer);
      expect(readFileSync(file).length).toBeGreaterThan(damage.length);
      expect(kept()).toEqual([folder]);
    }
  } finally {
    remove();
  }
});

test('a home that can not be written to changes nothing', () => {
  const { path, remove } = tempDir();
  try {
    writeFileSync(join(path, 'cache'), 'a file where the folder should be');
    expect(ask(path)).toContain('additionalContext');
    expect(readFileSync(join(path, 'cache'), 'utf8')).toBe('a file where the folder should be');
  } finally {
    remove();
  }
});
