import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDaemonStarter, type DaemonStarter } from '../../../src/client/daemon-starter.ts';
import { styxyPaths } from '../../../src/system/paths.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

describe.skipIf(process.platform !== 'linux')('of several who find no daemon', () => {
  const home = styxyHome();
  const paths = () => styxyPaths(home.env);

  function starter(): DaemonStarter {
    const one = createDaemonStarter({ paths: paths(), env: home.env });
    onTestFinished(() => one.close());
    return one;
  }
  const isUp = () => home.api.status().catch(() => undefined);

  test('one starts it, and the others wait until it is there', async () => {
    const [first, second] = [starter(), starter()];
    await first.help(undefined);
    await second.help(undefined);
    await first.help(undefined);
    expect(first.spawned).toBeDefined();
    expect(second.spawned).toBeUndefined();
    await waitFor(isUp);
    expect(home.daemons()).toHaveLength(1);
    first.close();
    expect(existsSync(paths().starting)).toBe(false);
    await home.killDaemon();
  });

  test('who started one that is killed starts the next at once, and nobody else does', async () => {
    const [first, second] = [starter(), starter()];
    await first.help(undefined);
    const killed = first.spawned;
    const pid = await waitFor(() => home.daemons()[0]);
    process.kill(pid, 'SIGKILL');
    await waitFor(() => killed?.exit);
    expect(killed?.exit).toEqual({ code: null });
    await second.help(undefined);
    await first.help(undefined);
    expect(first.spawned).not.toBe(killed);
    expect(second.spawned).toBeUndefined();
    await waitFor(isUp);
    await home.killDaemon();
  });

  test('one whose starter does not get on is not waited for for ever', async () => {
    const [first, second] = [starter(), starter()];
    await first.help(undefined);
    const pid = await waitFor(() => home.daemons()[0]);
    process.kill(pid, 'SIGSTOP');
    await waitFor(async () => {
      await second.help(undefined);
      return second.spawned;
    });
    process.kill(pid, 'SIGKILL');
    await waitFor(async () => {
      await second.help(undefined);
      return isUp();
    });
    await home.killDaemon();
  });
});
