import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import watched from '../../../config/tool-ports.json' with { type: 'json' };
import { isPortFree } from '../../../src/system/ports/probe.ts';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { makeWorktrees } from '../../support/repository.ts';

describe('the port that a program takes by itself', () => {
  const home = styxyHome();

  test('goes to the first who starts it; the next one is told who has it, and keeps another', async () => {
    const own = home.ports.last - 7;
    const worktrees = makeWorktrees(home.place, 2);
    const text = `require('http').createServer().listen(process.env.PORT || ${own}, '127.0.0.1');`;
    for (const folder of worktrees) writeFileSync(join(folder, 'server.js'), text);
    const [one = '', two = ''] = worktrees;
    const words = ['run', '--', process.execPath, 'server.js'];
    const first = home.start(words, { cwd: one });
    const lease = await waitFor(
      async () =>
        (await home.api.list().catch(() => undefined))?.allocations.find(({ state }) => state === 'bound'),
      20_000,
      () => `the first to listen: ${first.stderr()}`,
    );
    expect(lease).toMatchObject({ port: own, reason: { code: 'tool_default' } });
    const plan = await home.json<Pick<Allocation, 'port' | 'reason'>>(
      ['run', '--dry-run', ...words.slice(1)],
      {
        cwd: two,
      },
    );
    expect(plan.port).not.toBe(own);
    expect(plan.reason).toMatchObject({
      code: 'leased',
      text: expect.stringContaining(`${own} is leased to server`),
    });
    first.process.kill('SIGTERM');
    await first.finished();
    const again = await home.json<Pick<Allocation, 'port'>>(['run', '--dry-run', ...words.slice(1)], {
      cwd: one,
    });
    expect(again.port).toBe(own);
  });

  test('is watched for every tool, in the range of whatever type or of none: a tool that went past Styxy is listed', async () => {
    const types = Object.entries(watched).filter(([port]) => Number(port) > 1024);
    const free: number[] = [];
    for (const [port] of types)
      if (free.length < 3 && (await isPortFree(Number(port)))) free.push(Number(port));
    const outsiders = await Promise.all(free.map((port) => startOutsider(port, '127.0.0.1')));
    const { external } = await home.api.list();
    for (const [index, port] of free.entries()) {
      const { service_type: type } = watched[String(port) as keyof typeof watched];
      expect(external).toContainEqual(
        expect.objectContaining({ port, pid: outsiders[index]!.pid, service_type: type }),
      );
    }
    expect(free.length).toBeGreaterThan(0);
  });
});
