import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SHELL = fileURLToPath(new URL('../../src/run/plan/scripts/script-shell.sh', import.meta.url));
const SHOW_LEAKS = 'echo "${STYXY_SCRIPT_NAME_1-}${STYXY_SCRIPT_FROM_1-}${STYXY_SCRIPT_TO_1-}."';

interface Rewrite {
  from: string;
  to: string;
  script?: string;
}

function variables(...rewrites: Rewrite[]): Record<string, string> {
  const each = rewrites.map(({ from, to, script }, index) => ({
    [`STYXY_SCRIPT_FROM_${index + 1}`]: from,
    [`STYXY_SCRIPT_TO_${index + 1}`]: to,
    ...(script && { [`STYXY_SCRIPT_NAME_${index + 1}`]: script }),
  }));
  return Object.assign({ STYXY_SCRIPTS: String(rewrites.length) }, ...each) as Record<string, string>;
}

/** What the script shell prints when it is called as a package manager calls it. */
function shell(text: string, env: Record<string, string> = {}): string {
  const own = { PATH: process.env['PATH'], ...env };
  return execFileSync(SHELL, ['-c', text], { env: own, encoding: 'utf8' });
}

describe('the script shell', () => {
  it.each([
    ['the text alone', 'echo old', 'echo old', 'echo new', 'new\n'],
    ['what is appended', `echo old 'a b' "it's" '*'`, 'echo old', 'echo new', "new a b it's *\n"],
    ['globs', 'echo [a*?] x', 'echo [a*?]', "echo 'new'", 'new x\n'],
    ['quotes', `printf '%s\\n' "a'b"`, `printf '%s\\n' "a'b"`, `printf '%s\\n' "c'd"`, "c'd\n"],
    ['lines', 'echo 1\necho 2', 'echo 1\necho 2', 'echo 3\n\necho 4', '3\n4\n'],
    ['backslashes', 'echo \\\\a', 'echo \\\\a', "printf '%s\\n' '\\b'", '\\b\n'],
    ['expansions', 'echo $(echo x) ${PATH:+y}', 'echo $(echo x) ${PATH:+y}', 'echo `echo z`', 'z\n'],
  ])('exchanges the script and keeps %s', (_what, text, from, to, output) => {
    expect(shell(text, variables({ from, to }))).toBe(output);
  });

  it.each([
    ['echo older', 'echo old'],
    ['echo abc', 'echo a*'],
    ['echo abc', 'echo ???'],
    ['true; echo old', 'echo old'],
    ['echo old', 'echo old '],
    ['echo old', ''],
  ])('leaves a text alone that does not begin with the script: %s', (text, from) => {
    expect(shell(text, variables({ from, to: 'echo new' }))).toBe(shell(text));
  });

  it('leaves another script alone that begins with the same words', () => {
    const env = variables({ from: 'echo', to: 'echo new', script: 'dev' });
    expect(shell('echo build', { ...env, npm_lifecycle_event: 'predev' })).toBe('build\n');
    expect(shell('echo build', { ...env, npm_lifecycle_event: 'dev' })).toBe('new build\n');
  });

  it('exchanges each of several scripts by its name', () => {
    const env = variables(
      { from: 'echo one', to: 'echo first', script: 'a' },
      { from: 'echo one', to: 'echo second', script: 'b' },
      { from: 'echo three', to: 'echo third', script: 'c' },
    );
    const said = ['a', 'b', 'c'].map((name) =>
      shell(name === 'c' ? 'echo three x' : 'echo one', { ...env, npm_lifecycle_event: name }),
    );
    expect(said).toEqual(['first\n', 'second\n', 'third x\n']);
    expect(shell('echo one', { ...env, npm_lifecycle_event: 'd' })).toBe('one\n');
  });

  it('hands its variables on until it has used them', () => {
    const env = variables({ from: SHOW_LEAKS, to: `${SHOW_LEAKS}; echo used`, script: '' });
    expect(shell(SHOW_LEAKS, env)).toBe('.\nused\n');
    expect(shell('echo "$STYXY_SCRIPT_TO_1"', variables({ from: 'x', to: 'y' }))).toBe('y\n');
  });

  it('becomes the shell that the user chose', () => {
    const env = { ...variables({ from: 'old', to: 'new' }), STYXY_SCRIPT_SHELL: 'echo' };
    expect(shell('old words', env)).toBe('-c new words\n');
  });

  it('passes on any other call and its exit code', () => {
    expect(() => execFileSync(SHELL, ['-c', 'exit 7'])).toThrow(expect.objectContaining({ status: 7 }));
    expect(execFileSync(SHELL, ['-c', 'echo "$1"', 'sh', 'a b'], { encoding: 'utf8' })).toBe('a b\n');
  });
});

describe('npm with this script shell', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'styxy-script-shell-'));
    const say = join(folder, 'say');
    writeFileSync(say, `#!/bin/sh\nprintf '<%s>' "$@"\n${SHOW_LEAKS}\n`);
    chmodSync(say, 0o755);
    const scripts = {
      predemo: './say build',
      demo: './say',
      postdemo: './say after',
      outer: 'npm run demo -- x',
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'demo', version: '1.0.0', scripts }));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function npm(...args: string[]): string[] {
    const rewrite = variables({ from: './say', to: './say --port 3456', script: 'demo' });
    const env = {
      ...process.env,
      ...rewrite,
      npm_config_script_shell: SHELL,
      npm_config_update_notifier: 'false',
    };
    const output = execFileSync('npm', args, { cwd: folder, env, encoding: 'utf8' });
    return output.split('\n').filter((line) => line.startsWith('<'));
  }

  const AROUND = 'demo./say./say --port 3456.';

  it('gives the port to the script, and not to those before and after it', () => {
    expect(npm('run', 'demo')).toEqual([`<build>${AROUND}`, '<--port><3456>.', `<after>${AROUND}`]);
  });

  it('keeps the arguments that npm appends', () => {
    const [, demo] = npm('run', 'demo', '--', '--title', "it's a *", '$HOME', 'two\nlines');
    expect(demo).toBe("<--port><3456><--title><it's a *><$HOME><two");
  });

  it('reaches a script that another script runs', () => {
    expect(npm('run', 'outer')).toContain('<--port><3456><x>.');
  });
});
