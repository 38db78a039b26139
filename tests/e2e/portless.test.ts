import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { startProgram, styxyHome } from '../support/home.ts';
import { npmInstall, writeProject } from './support/project.ts';

describe('a command behind portless, which has names of its own', () => {
  const home = styxyHome();
  let project = '';
  let env: Record<string, string> = {};

  const portless = (...words: string[]) =>
    startProgram(['portless', ...words], { cwd: project, env }).finished();

  beforeAll(async () => {
    project = writeProject(join(home.place, 'shop'), {
      'package.json': { name: 'shop', private: true, scripts: { dev: 'vite' } },
      'index.html': '<h1>A page behind portless</h1>',
    });
    // Portless needs Node 24.
    await npmInstall(project, ['portless', 'vite@7', 'node@24']);
    env = {
      ...home.env,
      PATH: `${join(project, 'node_modules', '.bin')}${delimiter}${home.env['PATH']}`,
      PORTLESS_STATE_DIR: join(home.place, 'portless'),
      PORTLESS_SYNC_HOSTS: '0',
      PORTLESS_PORT: String(home.ports.last),
      PORTLESS_HTTPS: '0',
    };
    const started = await portless('proxy', 'start');
    expect(started.code, started.story).toBe(0);
  });

  afterAll(async () => void (await portless('proxy', 'stop')));

  test.each([['portless shop --app-port {port} vite'], ['portless run --app-port {port} npm run dev']])(
    'is reached by both on the leased port: %s',
    async (command) => {
      const words = ['run', '--detach', '--wait', '--json', '--name', 'web', '--', ...command.split(' ')];
      const exit = await home.cli(words, { cwd: project, env });
      expect(exit.code, exit.story).toBe(0);
      const { port, state } = JSON.parse(exit.stdout) as Allocation;
      expect(state).toBe('bound');
      expect((await portless('list')).stdout).toContain(`localhost:${port} `);
      expect(await (await fetch(`http://localhost:${port}`)).text()).toContain('A page behind portless');
      expect((await home.cli(['stop', 'web'], { cwd: project })).code).toBe(0);
    },
  );
});
