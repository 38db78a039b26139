import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

/** Takes no notice of the first signal but that it says so; ends with 7 at the second. */
const STUBBORN = `
let asked = 0;
const end = () => (++asked === 1 ? console.log('asked') : process.exit(7));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
require('http').createServer().listen(process.env.PORT, () => console.log('listens'));`;

describe.skipIf(process.platform === 'win32')('an end that is asked for while a restart is under way', () => {
  const home = styxyHome();

  /** Its command has been asked to end for a restart, and has not ended yet. */
  async function restarting(name: string) {
    const run = home.start(['run', '--name', name, '--', process.execPath, '-e', STUBBORN]);
    const lease = await waitFor(
      async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] }));
        return allocations.find((each) => each.service_name === name && each.state === 'bound');
      },
      20_000,
      'the server',
    );
    await home.api.restart(lease.lock_id);
    await waitFor(() => run.stdout().includes('asked'), 20_000, 'the order');
    return run;
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s ends the run', async (signal) => {
    const run = await restarting(signal.toLowerCase());
    run.process.kill(signal);
    expect((await run.finished()).code).toBe(7);
    expect(run.stdout()).toBe('listens\nasked\n');
    expect(run.stderr()).not.toContain('starting the command again');
  });

  test('by `styxy stop` ends the run', async () => {
    const run = await restarting('stopped');
    expect((await home.cli(['stop', 'stopped'])).stderr).toContain('stopped stopped');
    expect((await run.finished()).code).toBe(7);
    expect(run.stdout()).toBe('listens\nasked\n');
  });
});
