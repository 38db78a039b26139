import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

/** Every file that a command may want to know of a project. */
const FILES = `
  package.json package-lock.json pnpm-lock.yaml yarn.lock pnpm-workspace.yaml .npmrc .yarnrc.yml turbo.json nx.json
  .env .env.local .envrc Procfile Procfile.dev Makefile justfile Taskfile.yml mise.toml dev.sh bin/dev mprocs.yaml
  vite.config.ts next.config.js angular.json astro.config.mjs mkdocs.yml Caddyfile wrangler.toml nuxt.config.ts hugo.toml
  docker-compose.yml compose.yaml deno.json composer.json pyproject.toml manage.py Gemfile config/puma.rb
  process-compose.yaml .claude/settings.json .claude/settings.local.json .git/config .git/index CLAUDE.md AGENTS.md
  node_modules/.package-lock.json x.pid
`
  .trim()
  .split(/\s+/);

const COMMANDS = `
  list | status | doctor | check 3000 | suggest | whose 3000 | allocate --type dev --ttl 1s | env | url web | scan
  config show | config validate | config path | run --dry-run | run --dry-run web | run -- true | up --dry-run
  init --dry-run | setup --dry-run | hook status | hook status --agent claude-code | hook install --dry-run
  service install --dry-run | logs | wait web --timeout 1 | stop web | uninstall --dry-run | completion bash
  run --dry-run -- make dev | run --dry-run -- just dev | run --dry-run -- ./dev.sh | run --dry-run -- sh dev.sh
  run --dry-run -- foreman start | run --dry-run -- vite | run --dry-run -- next dev | run --dry-run -- npm run dev
  run --dry-run -- mise run dev | run --dry-run -- docker compose up | run --dry-run -- mkdocs serve
  run --dry-run -- node --env-file=.env x.js | run --dry-run -- wrangler dev | run --dry-run -- deno task dev
`
  .split(/[|\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== '');

describe.skipIf(process.platform === 'win32')(
  'a project in which every file is a pipe that nobody writes',
  () => {
    const home = styxyHome();
    const clone = (): string => join(home.place, 'clone');
    const pipe = (path: string): void => {
      mkdirSync(dirname(path), { recursive: true });
      if (!existsSync(path)) execFileSync('mkfifo', [path]);
    };

    beforeAll(() => {
      for (const file of FILES) pipe(join(clone(), file));
      writeFileSync(join(clone(), '.git', 'HEAD'), 'ref: refs/heads/main\n');
      for (const file of ['.claude/settings.json', '.config/systemd/user/styxy.service'])
        pipe(join(home.place, file));
    });

    test.each(COMMANDS)('ends `styxy %s` neither never nor as a fault of ours', async (line) => {
      const exit = await home.cli(line.split(' '), { cwd: clone() });
      expect(exit.stderr, exit.story).not.toMatch(/INTERNAL|please report/);
    });

    test("does not hold up an agent's command", async () => {
      const input = JSON.stringify({
        hook_event_name: 'PreToolUse',
        tool_name: 'Bash',
        tool_input: { command: 'kill $(cat x.pid); npm run dev' },
        cwd: clone(),
      });
      writeFileSync(join(home.place, 'event.json'), input);
      const via = ['sh', '-c', 'exec "$@" < ../event.json', 'sh'];
      const exit = await home.cli(['hook', 'claude-code'], { cwd: clone(), via });
      expect(exit.code, exit.story).toBe(0);
    });

    test.each(['network', 'hooks.json', 'daemon.pid', 'daemon.starting', 'config.json', 'init.json'])(
      'in the home as %s: a run goes on, and a listing ends',
      async (name) => {
        await home.cli(['daemon', 'stop']);
        execFileSync('sh', ['-c', `if test -e ${name}; then mv ${name} ${name}.kept; fi; mkfifo ${name}`], {
          cwd: home.path,
        });
        const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3']);
        const list = await home.cli(['list']);
        execFileSync(
          'sh',
          ['-c', `rm -f ${name}; if test -e ${name}.kept; then mv ${name}.kept ${name}; fi`],
          {
            cwd: home.path,
          },
        );
        expect([0, 74, 78], list.story).toContain(list.code);
        expect(run.code, run.story).toBe(name === 'config.json' ? run.code : 3);
      },
    );
  },
);
