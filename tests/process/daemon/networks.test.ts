import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';

/** A network with nothing in it but loopback, as sandboxes have it. */
const IN = (script: string): string[] => ['unshare', '-n', 'sh', '-c', `ip link set lo up; ${script}`];
const APART = IN('"$@"; code=$?; "$1" "$2" daemon stop >/dev/null 2>&1; exit $code').concat('sh');
const AND_PIDS = ['unshare', '-n', '-p', '-f', '--mount-proc', 'sh', '-c', 'ip link set lo up; "$@"', 'sh'];
const why =
  spawnSync('unshare', IN('true').slice(1)).status === 0 ? undefined : 'unshare -n is not allowed here';

interface Listed {
  allocations: { port: number; service_name: string; lock_id: string }[];
}

describe.skipIf(why !== undefined)('a home that is shared with another network of the machine', () => {
  const home = styxyHome();
  const sleeper = (name: string) => ['run', '--name', name, '--', 'sh', '-c', 'echo $PORT; exec sleep 600'];
  const started = async (run: ReturnType<typeof home.start>): Promise<number> => {
    await waitFor(
      () => run.stdout().includes('\n'),
      30_000,
      () => `the command: ${run.stderr()}`,
    );
    return Number(run.stdout());
  };

  test('has a daemon for each: the same port is free in both, and no table is about two networks', async () => {
    const here = home.start(sleeper('here'));
    const port = await started(here);
    // One shell for all, since the namespace ends with its last process.
    const script = `
      "$@" run --name there -- sh -c 'echo $PORT; exec sleep 600' & run=$!
      while ! "$@" url there >/dev/null 2>&1; do :; done
      "$@" list --json; "$@" list; "$@" status; "$@" status --json; "$@" doctor; "$@" daemon status
      "$@" stop there; wait $run; "$@" daemon stop
    `;
    const there = await home.cli([], { via: [...IN(script), 'sh'] });
    expect(there.stdout, there.story).toMatch(new RegExp(`^${port}$`, 'm'));
    const lists = there.stdout.split('\n').filter((line) => line.startsWith('{'));
    const { allocations } = JSON.parse(lists[0]!) as Listed;
    expect(allocations.map(({ service_name }) => service_name)).toEqual(['there']);
    const network = (JSON.parse(lists[1]!) as { network: string }).network;
    expect(there.stderr).toContain(
      `This is the network ${network}: leases of other networks are not listed.`,
    );
    expect(there.stdout.replaceAll(/ +/g, ' ')).toContain(`network ${network}, with a daemon and leases`);
    expect(there.stdout).toContain('all is well');

    const listed = await home.json<Listed>(['list']);
    expect(listed.allocations.map((each) => each.service_name)).toEqual(['here']);
    expect(await home.json(['status'])).not.toMatchObject({ network });
    expect((await home.cli(['list'])).stderr).not.toContain('other networks');
    here.process.kill('SIGTERM');
    await here.finished();
  });

  test('asks the listeners of the own network, not of the other', async () => {
    await startOutsider(home.ports.first, '127.0.0.1');
    const run = (via?: string[]) => home.cli(['run', '--', 'sh', '-c', 'echo $PORT'], via && { via });
    expect(Number((await run()).stdout)).not.toBe(home.ports.first);
    expect(Number((await run(APART)).stdout)).toBe(home.ports.first);
  });

  test('keeps them apart also where the sandbox has pids of its own', async () => {
    const lease = await home.api.allocate({ ttl_ms: 600_000 });
    const exit = await home.cli(['list', '--json'], { via: AND_PIDS });
    expect((JSON.parse(exit.stdout) as Listed).allocations, exit.story).toEqual([]);
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([lease.lock_id]);
    expect(home.daemon()?.pid).toBe((await home.api.status()).pid);
    expect(readdirSync(home.path).filter((name) => /^net-\d+$/.test(name)).length).toBeGreaterThan(0);
  });
});

test.runIf(why !== undefined)('networks of the machine are not looked at', ({ skip }) => skip(why));
