import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();

const FILES: Record<string, string> = {
  'claude-code': '.claude/settings.json',
  codex: '.codex/hooks.json',
  'gemini-cli': '.gemini/settings.json',
  cursor: '.cursor/hooks.json',
  opencode: '.config/opencode/plugin/styxy.js',
  'copilot-cli': '.copilot/hooks/styxy.json',
};
const fileOf = (agent: string): string => join(home.place, FILES[agent]!);
const put = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const hook = (verb: string, agent: string, ...more: string[]) =>
  home.cli(['hook', verb, '--agent', agent, ...more]);

describe.each(Object.keys(FILES))('%s', (agent) => {
  test('gets hooks that work, once, and loses them without a trace', async () => {
    const file = fileOf(agent);
    const installed = await hook('install', agent);
    expect(installed.code, installed.story).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`hooks/hook.sh ${agent}`);

    const again = await hook('install', agent);
    expect(again.stdout).toContain('already');
    expect(readFileSync(file, 'utf8')).toBe(text);

    const status = await hook('status', agent, '--scope', 'user');
    expect(status.stdout).toMatch(/^user +works: it put \S*styxy run before a server/);
    expect(status.code).toBe(0);
    // Without a name: of all agents that are here.
    const all = await home.cli(['hook', 'status']);
    expect(all.stdout).toMatch(new RegExp(`^${agent} +user +works: `, 'm'));
    expect(all.code).toBe(0);

    expect((await hook('uninstall', agent)).code).toBe(0);
    expect(existsSync(file)).toBe(false);
    // What it made on the way would say that the agent is on this machine.
    expect(existsSync(join(home.place, FILES[agent]!.split('/')[0]!))).toBe(false);
  });
});

test('where there are no hooks this is told, and what would be written can be seen', async () => {
  const agent = 'gemini-cli';
  expect((await hook('status', agent)).code).toBe(1);
  expect((await hook('uninstall', agent)).stdout).toContain('no hooks of Styxy');
  const printed = await hook('print', agent, '--json');
  expect(JSON.parse(printed.stdout)).toMatchObject({ agent, scope: 'user', file: fileOf(agent) });
  expect(existsSync(fileOf(agent))).toBe(false);
});

const BY_HAND = `{
    // our model
    "model":   "opus",
    "permissions": { "allow": ["Bash(npm run lint)"],
                     "deny": [ ] },

    "hooks": {
        "PreToolUse": [
            { "matcher": "Write", "hooks": [{ "type": "command", "command": "fmt" }] } // formats
        ],
        "Stop": []
    }
}
`;

describe("a settings file that is the user's own", () => {
  const file = (): string => fileOf('claude-code');

  test('keeps every line, and is the same to the byte when the hooks are gone', async () => {
    put(file(), BY_HAND);
    const { stdout } = await hook('install', 'claude-code');
    const text = readFileSync(file(), 'utf8');
    for (const line of BY_HAND.split('\n').filter((each) => each.trim() !== '')) {
      expect(text).toContain(line.trim().replace(/( \/\/.*)$/, ''));
    }
    const [, backup = ''] = /\(before: (.+)\)/.exec(stdout) ?? [];
    expect(readFileSync(backup, 'utf8')).toBe(BY_HAND);
    await hook('uninstall', 'claude-code');
    expect(readFileSync(file(), 'utf8')).toBe(BY_HAND);
  });

  test('keeps what the user changed after the install', async () => {
    put(file(), BY_HAND);
    await hook('install', 'claude-code');
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"opus"', '"sonnet"'));
    await hook('uninstall', 'claude-code');
    expect(readFileSync(file(), 'utf8')).toBe(BY_HAND.replace('"opus"', '"sonnet"'));
  });

  test('gets the hooks of this Styxy in the place of those of another', async () => {
    put(file(), '{}\n');
    await hook('install', 'claude-code');
    writeFileSync(file(), readFileSync(file(), 'utf8').replaceAll('/hooks/hook.sh', '-old/hooks/hook.sh'));
    expect((await hook('status', 'claude-code')).stdout).toContain('of another Styxy');
    await hook('install', 'claude-code');
    expect(readFileSync(file(), 'utf8')).not.toContain('-old/');
    expect((await hook('status', 'claude-code')).code).toBe(0);
    await hook('uninstall', 'claude-code');
    expect(readFileSync(file(), 'utf8').trim()).toBe('{}');
  });

  test('may be a link, and keeps its mode', async () => {
    const real = join(home.place, 'dotfiles.json');
    put(real, BY_HAND);
    rmSync(file(), { force: true });
    symlinkSync(real, file());
    await hook('install', 'claude-code');
    expect(readFileSync(real, 'utf8')).toContain('hook.sh');
    await hook('uninstall', 'claude-code');
    expect(readFileSync(real, 'utf8')).toBe(BY_HAND);
    expect(statSync(real).mode & 0o777).toBe(0o644);
    rmSync(file());
  });

  test('that can not be read as JSON stays as it is', async () => {
    put(file(), '{ "hooks": ');
    const { code, stderr } = await hook('install', 'claude-code');
    expect(code).toBe(78);
    expect(stderr).toContain('BAD_CONFIG');
    expect(readFileSync(file(), 'utf8')).toBe('{ "hooks": ');
    rmSync(file());
  });

  test('is never given a rule that lets an agent run anything', async () => {
    await hook('install', 'claude-code');
    expect(readFileSync(file(), 'utf8')).not.toMatch(/permissions|excludedCommands|allow/);
    await hook('uninstall', 'claude-code');
  });
});

test('settings that a project shares name no path of this machine', async () => {
  const project = join(home.place, 'shop');
  mkdirSync(join(project, '.git'), { recursive: true });
  writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/main\n');
  await home.cli(['hook', 'install', '--agent', 'claude-code', '--scope', 'project'], { cwd: project });
  const text = readFileSync(join(project, '.claude/settings.json'), 'utf8');
  expect(text).toContain('command -v styxy');
  expect(text).not.toContain(home.place);
  expect(text).not.toContain(process.execPath);
  await home.cli(['hook', 'install', '--agent', 'claude-code', '--scope', 'local'], { cwd: project });
  expect(existsSync(join(project, '.claude/settings.local.json'))).toBe(true);
});

test('the wrong words are told, and which agents are here', async () => {
  mkdirSync(join(home.place, '.gemini'), { recursive: true });
  const { stderr } = await home.cli(['hook', 'install']);
  expect(stderr).toMatch(/give --agent .*gemini-cli.* \(on this machine\)/);
  expect((await hook('install', 'emacs')).code).toBe(64);
  expect((await hook('install', 'codex', '--scope', 'local')).stderr).toContain(
    '--scope user or --scope project',
  );
});

test('codex tells that its hooks must be trusted', async () => {
  expect((await hook('install', 'codex')).stderr).toContain('/hooks');
  expect((await hook('status', 'codex', '--json')).stdout).toContain('"ok":true');
  await hook('uninstall', 'codex');
});
