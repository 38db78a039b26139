import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import type { RememberedAnswer } from '../../../src/protocol/answers/remembered.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { makeWorktrees } from '../../support/repository.ts';

describe('a program that takes its own port, whatever it is given', () => {
  const home = styxyHome();

  const leaseIn = (state: string, run: Running): Promise<Allocation> =>
    waitFor(
      async () =>
        (await home.api.list().catch(() => undefined))?.allocations.find((each) => each.state === state),
      20_000,
      () => `a lease that is ${state}: ${run.stdout()} ${run.stderr()}`,
    );
  const remembered = async (): Promise<number[]> =>
    (await home.json<RememberedAnswer>(['list', '--remembered'])).remembered.flatMap(({ ports }) => ports);
  async function end(run: Running): Promise<void> {
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 10_000, 'its lease to end');
  }

  test('gets that port on its next start, and keeps it by the line that the first drift says', async () => {
    const [cwd = ''] = makeWorktrees(home.place, 1);
    const own = home.ports.last - 17;
    // Read from a file, so that nothing of it can be known before.
    writeFileSync(join(cwd, 'own-port'), String(own));
    const program = `require('http').createServer().listen(Number(require('fs').readFileSync('own-port', 'utf8')), '127.0.0.1')`;
    const words = ['run', '--name', 'site', '--', process.execPath, '-e', program];
    const first = home.start(words, { cwd });
    const lease = await leaseIn('drifted', first);
    expect(lease.port).not.toBe(own);
    await waitFor(() => first.stderr().includes('styxy.config.json'), 10_000, first.stderr);
    const [, line = ''] = /in styxy\.config\.json, (\{.*\}) makes it/.exec(first.stderr()) ?? [];
    await waitFor(async () => (await remembered()).includes(own), 10_000, 'the port to be remembered');
    await end(first);

    const second = home.start(words, { cwd });
    expect(await leaseIn('bound', second)).toMatchObject({ port: own, reason: { code: 'remembered' } });
    expect(second.stderr()).not.toContain('not on its port');
    await end(second);

    const outsider = await startOutsider(own, '127.0.0.1');
    const failed = await home.cli(words, { cwd });
    expect(failed.code, failed.story).toBe(1);
    expect(failed.stderr).toContain('EADDRINUSE');
    expect(failed.stderr).toMatch(
      new RegExp(
        `styxy: site listened on ${own} the last time, and ${own} is used by .*\\(pid ${outsider.pid}[,)]`,
      ),
    );
    expect(failed.stderr).toContain('let it read PORT');
    const other = await home.cli(
      ['run', '--name', 'build', '--', process.execPath, '-e', 'process.exit(1)'],
      { cwd },
    );
    expect([other.code, other.stderr]).toEqual([1, '']);

    await home.killDaemon();
    writeFileSync(join(cwd, 'styxy.config.json'), line);
    const refused = await home.cli(words, { cwd });
    expect(refused.stderr).toContain(`port ${own} is taken`);
    await outsider.end();
    const third = home.start(words, { cwd });
    expect(await leaseIn('bound', third)).toMatchObject({ port: own, reason: { code: 'configured' } });
    await end(third);
  });
});
