import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const READING = `
  list | list --external | list --json | status | doctor | check 3000 | suggest | whose 3000 | scan
  allocate --type dev --ttl 1s | env | env --format shell | url web | wait web --timeout 1 | logs | stop web
  config show | config validate | config path | config instances | up --dry-run | init --dry-run | setup --dry-run
  run --dry-run | run --dry-run web | run --dry-run dev | run --dry-run -- npm run dev | run --dry-run -- pnpm dev
  run --dry-run -- yarn dev | run --dry-run -- vite | run --dry-run -- next dev | run --dry-run -- make dev
  run --dry-run -- just dev | run --dry-run -- mise run dev | run --dry-run -- docker compose up | run -- true
  hook status | hook status --agent claude-code | hook install --dry-run | completion bash | uninstall --dry-run
  service install --dry-run | instances | metrics | audit | daemon status | daemon logs
`
  .split(/[|\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== '');

describe.skipIf(process.platform === 'win32')('a repository full of code that marks that it was run', () => {
  const home = styxyHome();
  const clone = (): string => join(home.place, 'clone');
  const mark = (): string => join(home.place, 'ran');

  beforeAll(() => {
    const sh = `#!/bin/sh\ntouch ${mark()}\n`;
    const js = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(mark())}, '');\n`;
    const touch = `touch ${mark()}`;
    const scripts = ['dev', 'start', 'prepare', 'preinstall', 'predev'].map((name) => [name, touch]);
    const files: Record<string, string> = {
      'package.json': JSON.stringify({ scripts: Object.fromEntries(scripts), packageManager: 'yarn@4.0.0' }),
      '.npmrc': 'script-shell=./evil.sh\nnode-options=--require ./evil.cjs\n',
      '.yarnrc.yml': 'yarnPath: ./evil.cjs\nplugins:\n  - path: ./evil.cjs\n',
      'pnpm-workspace.yaml': 'packages: ["*"]\n',
      '.envrc': touch,
      'mise.toml': `[hooks]\nenter = "${touch}"\n[env]\nX = "{{ exec(command='${touch}') }}"\n[tasks.dev]\nrun = "${touch}"\n`,
      Makefile: `X := $(shell ${touch})\ndev:\n\t${touch}\n`,
      justfile: `x := \`${touch}\`\ndev:\n  ${touch}\n`,
      Procfile: `web: ${touch}\n`,
      'compose.yaml': 'services:\n  web:\n    build: .\n    ports: ["3000:3000"]\n',
      'styxy.config.json': '',
    };
    for (const name of [
      'styxy.config.ts',
      'vite.config.ts',
      'next.config.js',
      'evil.cjs',
      '.pnpmfile.cjs',
      'index.js',
    ])
      files[name] = js;
    for (const name of ['git', 'node', 'docker', 'npm', 'pnpm', 'vite', 'next', 'lsof', 'ss', 'sh', 'ps'])
      files[name] = files[`node_modules/.bin/${name}`] = sh;
    for (const name of [
      'evil.sh',
      '.githooks/post-checkout',
      '.githooks/fsmonitor',
      '.githooks/reference-transaction',
    ])
      files[name] = sh;
    delete files['styxy.config.json'];
    execFileSync('git', ['init', '--quiet', clone()]);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(clone(), name)), { recursive: true });
      writeFileSync(join(clone(), name), text);
      chmodSync(join(clone(), name), 0o755);
    }
    const settings = {
      fsmonitor: './evil.sh',
      sshCommand: touch,
      hooksPath: '.githooks',
      pager: touch,
      editor: touch,
    };
    for (const [name, value] of Object.entries(settings))
      execFileSync('git', ['config', `core.${name}`, value], { cwd: clone() });
    rmSync(mark(), { force: true });
  });

  const hasRun = (): boolean => {
    const has = existsSync(mark());
    rmSync(mark(), { force: true });
    return has;
  };

  test.each(READING)('runs nothing of it: `styxy %s`', async (line) => {
    const exit = await home.cli(line.split(' '), { cwd: clone() });
    expect(hasRun(), exit.story).toBe(false);
    expect(exit.stderr, exit.story).not.toMatch(/INTERNAL|please report/);
  });

  const fed = async (args: string[], lines: readonly object[]) => {
    writeFileSync(join(home.place, 'input'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return home.cli(args, { cwd: clone(), via: ['sh', '-c', 'exec "$@" < ../input', 'sh'] });
  };

  test('runs nothing of it when an agent asks', async () => {
    const event = {
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'npm run dev' },
    };
    const hook = await fed(['hook', 'claude-code'], [{ ...event, cwd: clone() }]);
    expect(hook.code, hook.story).toBe(0);
    const call = (id: number, method: string, params: object) => ({ jsonrpc: '2.0', id, method, params });
    const client = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    };
    const mcp = await fed(
      ['mcp'],
      [
        call(1, 'initialize', client),
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        ...['list', 'status', 'services', 'suggest'].map((name, at) =>
          call(at + 2, 'tools/call', { name, arguments: {} }),
        ),
      ],
    );
    expect(mcp.stdout, mcp.story).toContain('"id":2');
    expect(hasRun()).toBe(false);
  });

  test('runs it when it is told to: the marks work', async () => {
    const exit = await home.cli(['run', 'dev'], { cwd: clone() });
    expect(hasRun(), exit.story).toBe(true);
  });
});
