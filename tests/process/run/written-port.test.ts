import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { makeWorktrees } from '../../support/repository.ts';

/** Takes its port as Vite does. */
const TOOL = `#!/usr/bin/env node
const at = process.argv.indexOf('--port');
require('http').createServer().listen(Number(process.argv[at + 1]), '127.0.0.1');`;

describe('a port that is written down, changed and removed again', () => {
  const home = styxyHome();

  function makeProject(): { cwd: string; write: (file: string, text: string) => void } {
    const [cwd = ''] = makeWorktrees(home.place, 1);
    mkdirSync(join(cwd, 'node_modules', '.bin'), { recursive: true });
    writeFileSync(join(cwd, 'node_modules', '.bin', 'vite'), TOOL, { mode: 0o755 });
    return { cwd, write: (file, text) => writeFileSync(join(cwd, file), text) };
  }

  /** The lease of a server that is seen to listen, and ended then. */
  async function served(cwd: string, command: readonly string[]): Promise<[number, string | undefined]> {
    const run = home.start(['run', ...command], { cwd });
    const own = async (): Promise<Allocation | undefined> => {
      const { allocations } = await home.api.list().catch(() => ({ allocations: [] as Allocation[] }));
      return allocations.find((each) => each.project_path === cwd);
    };
    const { port, reason } = await waitFor(
      async () => {
        const lease = await own();
        return lease?.state === 'bound' ? lease : undefined;
      },
      20_000,
      () => `its port: ${run.stdout()} ${run.stderr()}`,
    );
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await own()) === undefined, 10_000, 'its lease to end');
    return [port, reason?.text];
  }

  const numbers = (): [number, number, number] => {
    const { last } = home.ports;
    return [last - 19, last - 21, last - 23];
  };

  test('in the configuration of the tool', async () => {
    const { cwd, write } = makeProject();
    const [one, two] = numbers();
    write('package.json', JSON.stringify({ scripts: { dev: 'vite' } }));
    const config = (port: number): void =>
      write('vite.config.js', `export default {\n  server: { port: ${port} },\n};`);
    config(one);
    expect(await served(cwd, ['dev'])).toEqual([one, 'the port in vite.config.js:2']);
    config(two);
    expect(await served(cwd, ['dev'])).toEqual([two, 'the port in vite.config.js:2']);
    rmSync(join(cwd, 'vite.config.js'));
    expect((await served(cwd, ['dev']))[0]).toBe(one);
  });

  test("in the project's configuration, in a script, in a Makefile and in the program itself", async () => {
    const { cwd, write } = makeProject();
    const [one, two, three] = numbers();
    write('package.json', JSON.stringify({ scripts: { dev: 'vite' } }));
    for (const prefer of [one, two, three]) {
      write('styxy.config.json', JSON.stringify({ services: { dev: { command: 'npm run dev', prefer } } }));
      expect(await served(cwd, ['dev'])).toEqual([prefer, 'configured (prefer)']);
    }
    rmSync(join(cwd, 'styxy.config.json'));
    for (const port of [two, one]) {
      write('package.json', JSON.stringify({ scripts: { dev: `vite --port ${port}` } }));
      expect(await served(cwd, ['dev'])).toEqual([port, 'the port in the script']);
    }
    for (const port of [two, one]) {
      write('Makefile', `site:\n\tnode_modules/.bin/vite --port ${port}\n`);
      expect(await served(cwd, ['--', 'make', 'site'])).toEqual([port, 'the port in the script']);
    }
    for (const port of [two, one]) {
      write('server.js', `require('http').createServer().listen(${port}, '127.0.0.1');`);
      expect(await served(cwd, ['--', 'node', 'server.js'])).toEqual([port, 'the port in server.js:1']);
    }
  });

  test('in a .env file, where the program loads it', async () => {
    const { cwd, write } = makeProject();
    const [one, two] = numbers();
    write('server.js', `require('http').createServer().listen(process.env.PORT || 3000, '127.0.0.1');`);
    for (const port of [two, one]) {
      write('.env', `# ours\nPORT=${port}\n`);
      const loaded = await served(cwd, ['--', 'node', '--env-file=.env', 'server.js']);
      expect(loaded).toEqual([port, 'the port in .env:2']);
    }
    write('.env', `PORT=${two}\n`);
    expect((await served(cwd, ['--name', 'plain', '--', 'node', 'server.js']))[0]).not.toBe(two);
  });
});
