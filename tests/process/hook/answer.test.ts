import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { openTerminal } from '../../support/pty.ts';
import { tempDir } from '../../support/temp.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const HOOK = join(root, 'dist', 'hook.cjs');
const WRAPPER = join(root, 'bin', 'styxy');

const folders: (() => void)[] = [];
afterEach(() => {
  for (const remove of folders.splice(0)) remove();
});

/** A project with a server in its `demo` script, and no agent's settings but its own. */
function project(): { cwd: string; env: NodeJS.ProcessEnv } {
  const { path: folder, remove } = tempDir();
  folders.push(remove);
  const cwd = join(folder, 'shop');
  mkdirSync(join(cwd, '.claude'), { recursive: true });
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ scripts: { demo: 'python3 -m http.server 8000' } }),
  );
  return { cwd, env: { PATH: process.env.PATH, HOME: folder, STYXY_HOME: join(folder, '.styxy') } };
}

function ask(command: string, { cwd, env } = project(), agent = 'claude-code') {
  const input = {
    session_id: '0193f7aa-52c1',
    cwd,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command, timeout: 5000, run_in_background: true },
  };
  return run(JSON.stringify(input), agent, env);
}

function run(input: string, agent: string, env: NodeJS.ProcessEnv, program = HOOK) {
  const argv = program === HOOK ? [HOOK, agent] : [program, 'hook', agent];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { input, env, encoding: 'utf8' });
  return { status, stderr, stdout };
}

const updated = (stdout: string): unknown =>
  (JSON.parse(stdout) as { hookSpecificOutput: { updatedInput: unknown } }).hookSpecificOutput.updatedInput;

describe('styxy hook claude-code', () => {
  test('knows the files that the line itself writes, and texts with variables of the shell', () => {
    const served = `cat > srv.mjs <<'EOF'\nimport { createServer } from 'node:http';\ncreateServer().listen(3210);\nEOF\n`;
    const write = `${served}node srv.mjs & echo $!`;
    expect(updated(ask(write).stdout)).toMatchObject({
      command: `${served}${WRAPPER} run -- node srv.mjs & echo $!`,
    });
    expect(ask(`${served.replace('listen(3210)', 'close()')}node srv.mjs`).stdout).toBe('');
    const inner = 'bash -c "npm run demo & echo $!"';
    expect(updated(ask(inner).stdout)).toMatchObject({ command: `${WRAPPER} run -- ${inner}` });
  });

  test('knows what a heredoc starts, the folders of a loop, and variables of the shell and the line', () => {
    const all = project();
    const code = (port: string) => `python3 - <<'EOF'\nimport http.server\nhttp.server.test(${port})\nEOF`;
    expect(updated(ask(code('port=8000'), all).stdout)).toMatchObject({
      command: `${WRAPPER} run -- ${code('port=8000')}`,
    });
    expect(ask(code('port=8000').replace('.test', '.list'), all).stdout).toBe('');
    const loop = 'for d in . .claude; do (cd $d && npm run demo); done';
    expect(updated(ask(loop, all).stdout)).toMatchObject({
      command: loop.replace('npm', `${WRAPPER} run -- npm`),
    });
    writeFileSync(
      join(all.cwd, 'dev.yaml'),
      'services: { web: { image: nginx, profiles: [web], ports: ["8080:80"] } }',
    );
    expect(ask('COMPOSE_FILE=dev.yaml docker compose up', all).stdout).toBe('');
    const env = { ...all.env, COMPOSE_PROFILES: 'web' };
    const up = 'COMPOSE_FILE=dev.yaml docker compose up';
    expect(updated(ask(up, { ...all, env }).stdout)).toMatchObject({
      command: up.replace('docker', `${WRAPPER} run -- docker`),
    });
  });

  test('wraps the server behind a package script, and keeps every other field', () => {
    const { status, stdout, stderr } = ask('npm run demo > log 2>&1 &');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(updated(stdout)).toEqual({
      command: `${WRAPPER} run -- npm run demo > log 2>&1 &`,
      timeout: 5000,
      run_in_background: true,
    });
    expect(stdout).not.toContain('permissionDecision');
  });

  test('answers the same as a command of styxy', () => {
    const { cwd, env } = project();
    const input = JSON.stringify({
      session_id: 's',
      cwd,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'npm run demo' },
    });
    const answer = run(input, 'claude-code', env, join(root, 'bin/styxy.js'));
    expect(answer).toEqual(run(input, 'claude-code', env));
    expect(updated(answer.stdout)).toEqual({ command: `${WRAPPER} run -- npm run demo` });
  });

  test.each([
    ['a harmless command', 'ls -la'],
    ['a command that is wrapped already', 'styxy run -- npm run demo'],
    ['a command that is switched off', 'STYXY=0 npm run demo'],
    ['a line that bash refuses', 'npm run demo "'],
    ['a line that is too long', `npm run demo ${'#'.repeat(20_001)}`],
    ['a script that there is not', 'npm run other'],
  ])('says nothing to %s', (_, command) => {
    expect(ask(command)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another kind of JSON', '[1]'],
    [
      'an input without a command',
      '{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":7}}',
    ],
  ])('says nothing to %s', (_, input) => {
    expect(run(input, 'claude-code', project().env)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('says nothing when the folder is gone', () => {
    const { env } = project();
    expect(ask('npm run demo', { cwd: '/nowhere', env })).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe("the user's rules", () => {
  const withSettings = (at: string, settings: unknown) => {
    const all = project();
    const file = at === 'user' ? join(all.env.HOME!, '.claude/settings.json') : join(all.cwd, '.claude', at);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
    return all;
  };

  test.each(['user', 'settings.json', 'settings.local.json'])(
    'in %s that deny or ask leave the line alone',
    (at) => {
      for (const kind of ['deny', 'ask']) {
        const all = withSettings(at, { permissions: { [kind]: ['Bash(npm run demo)'] } });
        expect(ask('npm run demo', all).stdout).toBe('');
      }
    },
  );

  test('that allow the original allow what it becomes', () => {
    const all = withSettings('user', { permissions: { allow: ['Bash(npm run demo)'] } });
    expect(ask('npm run demo', all).stdout).toContain('"permissionDecision":"allow"');
    expect(ask('cd . && npm run demo', all).stdout).not.toContain('permissionDecision');
  });

  test('of a project allow something only when the user trusts the folder', () => {
    const all = withSettings('settings.json', { permissions: { allow: ['Bash'] } });
    expect(ask('npm run demo', all).stdout).not.toContain('permissionDecision');
    writeFileSync(
      join(all.env.HOME!, '.claude.json'),
      JSON.stringify({ projects: { [all.cwd]: { hasTrustDialogAccepted: true } } }),
    );
    expect(ask('npm run demo', all).stdout).toContain('"permissionDecision":"allow"');
  });

  test('for what runs outside of the sandbox leave the line alone', () => {
    const sandbox = { enabled: true, excludedCommands: ['npm run *'] };
    expect(ask('npm run demo', withSettings('user', { sandbox })).stdout).toBe('');
    const off = { ...sandbox, enabled: false };
    expect(ask('npm run demo', withSettings('user', { sandbox: off })).stdout).toContain('updatedInput');
  });
});

test('a person who starts the hook at a terminal is told what it is for', async () => {
  const { cwd, env } = project();
  const environment = () => ({ env, survivors: () => [], gone: async () => undefined });
  const words = [process.execPath, HOOK, 'claude-code'];
  const shown = openTerminal({ environment, path: () => cwd } as never, words);
  await shown.until(/an agent runs this.*styxy hook install --agent claude-code/s);
  expect((await shown.exited()).code).toBe(0);
});
