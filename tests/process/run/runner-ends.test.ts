import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const SERVER = `require('http').createServer().listen(process.env.PORT, '127.0.0.1');
process.on('SIGTERM', () => process.exit(Number(process.argv[2] ?? 143)));`;
/** Of a script: until its servers are seen. */
const UNTIL_SEEN = 'until [ -e seen ]; do sleep 0.1; done';

describe.skipIf(process.platform !== 'linux')('a runner that ends with one of its programs', () => {
  const home = styxyHome();
  beforeAll(() => home.cli(['daemon', 'start']));

  const leasesIn = async (cwd: string): Promise<Allocation[]> =>
    (await home.api.list()).allocations.filter(({ project_path: path }) => path === cwd);

  /**
   * @param dev may run `a.js` and `b.js`, servers that end with the code that they are given
   * @param words without npm in between, which is another 0.4 s of a core for the same tree
   */
  async function running(name: string, dev: string, { count = 2, words = ['dev'] } = {}) {
    const cwd = join(home.place, name);
    mkdirSync(cwd, { recursive: true });
    for (const file of ['a.js', 'b.js']) writeFileSync(join(cwd, file), SERVER);
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ scripts: { dev } }));
    const run = home.start(['run', ...words], { cwd });
    const leases = await waitFor(
      async () => {
        const bound = (await leasesIn(cwd)).filter(({ state }) => state === 'bound');
        return bound.length === count ? bound : undefined;
      },
      30_000,
      () => `${count} servers; ${run.stderr()}`,
    );
    writeFileSync(join(cwd, 'seen'), '');
    return { cwd, run, leases };
  }

  async function expectNothingLeft(run: Running, leases: readonly Allocation[]): Promise<void> {
    await run.finished();
    const pids = leases.flatMap(({ listeners }) => listeners.map(({ pid }) => pid ?? 0));
    expect(pids.map((pid) => isAlive(pid))).toEqual(pids.map(() => false));
    expect((await home.api.list()).allocations).toEqual([]);
  }

  test.each([
    ['fails', '143', ' with code 143'],
    ['succeeds', '0', ' with code 0'],
  ])('and %s leaves none of the others when one was stopped', async (name, code, how) => {
    const { cwd, run, leases } = await running(`stopped-${name}`, `node a.js & node b.js ${code}`, {
      words: ['--', 'npm', 'run', 'dev'],
    });
    const last = leases.at(-1)!;
    expect((await home.cli(['stop', last.service_name ?? ''], { cwd })).code).toBe(0);
    await expectNothingLeft(run, leases);
    const told = run.stderr().replaceAll('\n', ' ');
    expect(told).toContain(`styxy: ${last.service_name} was stopped by styxy stop in ~/${basename(cwd)}`);
    expect(told).toContain(`${how}, and what it has left running ends with it (${leases[0]!.service_name})`);
    expect(told).not.toContain('goes on');
  });

  test('leaves none of the others when one has died', async () => {
    const { run, leases } = await running('died', 'node a.js & node b.js');
    process.kill(leases.at(-1)!.listeners[0]!.pid!, 'SIGKILL');
    await expectNothingLeft(run, leases);
    expect(run.stderr()).toContain('and what it has left running ends with it');
  });

  test('leaves no server of a command that has failed by another program of it', async () => {
    const { run, leases } = await running('failed', `node a.js & ${UNTIL_SEEN}; exit 7`, { count: 1 });
    await expectNothingLeft(run, leases);
    expect((await run.finished()).code).toBe(7);
  });

  test.each([
    ['that succeeds', `node a.js > out 2>&1 & ${UNTIL_SEEN}`],
    [
      'that fails, when it leads a process group of its own',
      `setsid node a.js > out 2>&1 & ${UNTIL_SEEN}; exit 7`,
    ],
  ])('leaves the server of a command %s', async (name, dev) => {
    const { cwd, run, leases } = await running(name.slice(0, 10), dev, { count: 1 });
    await run.finished();
    const [left] = await leasesIn(cwd);
    expect(left).toMatchObject({ port: leases[0]!.port, state: 'bound', holder: { kind: 'process' } });
    const restart = await home.cli(['restart', String(left!.port)], { cwd });
    expect(restart.stderr).toContain('the lease follows the process itself');
    expect((await home.cli(['stop', String(left!.port)], { cwd })).code).toBe(0);
  });

  test('goes on with the others where it does so', async () => {
    const { cwd, run, leases } = await running('goes-on', 'node a.js & node b.js & wait');
    const [first, second] = leases;
    expect((await home.cli(['stop', first!.service_name ?? ''], { cwd })).code).toBe(0);
    const left = await leasesIn(cwd);
    expect(left).toMatchObject([{ port: second!.port, state: 'bound' }]);
    expect((await home.cli(['stop', '--all', '--yes'], { cwd })).code).toBe(0);
    await expectNothingLeft(run, leases);
    const said = `stopped by styxy stop in ~/${basename(cwd)}`;
    expect(run.stderr().split('\n')).toContain(`styxy: ${first!.service_name} was ${said}`);
    expect(run.stderr().split('\n')).toContain(`styxy: ${said}`);
  });

  test('has all leases again when it is restarted after one of its programs was stopped', async () => {
    const { cwd, run, leases } = await running('again', 'node a.js & node b.js & wait');
    const [first, second] = leases;
    expect((await home.cli(['stop', second!.service_name ?? ''], { cwd })).code).toBe(0);
    const restart = await home.cli(['restart', first!.service_name ?? ''], { cwd });
    expect(restart.code, restart.story).toBe(0);
    const again = await waitFor(
      async () => {
        const bound = (await leasesIn(cwd)).filter(({ state }) => state === 'bound');
        return bound.length === 2 ? bound : undefined;
      },
      30_000,
      () => `both on their leases; ${run.stderr()}`,
    );
    const isSeen = ({ service_name: name, port }: Allocation) => [name, port];
    expect(again.map(isSeen).toSorted()).toEqual(leases.map(isSeen).toSorted());
    expect(again.find(({ port }) => port === first!.port)?.lock_id).toBe(first!.lock_id);
    const outside = (await home.api.list()).external.map(({ port }) => port);
    expect(again.filter(({ port }) => outside.includes(port))).toEqual([]);
    expect(run.stderr()).not.toContain('listens on');
    expect((await home.cli(['stop', '--all', '--yes'], { cwd })).code).toBe(0);
    await expectNothingLeft(run, again);
  });

  test('is not ended in part for a port that a program without a lease has', async () => {
    const folder = join(home.place, 'beside');
    mkdirSync(folder, { recursive: true });
    const port = home.ports.last - 1;
    writeFileSync(join(folder, 'own-port'), String(port));
    // What it starts stands nowhere in its text.
    writeFileSync(join(folder, 'helper.sh'), 'eval "$(cat start)"\n');
    writeFileSync(
      join(folder, 'start'),
      `exec node -e "require('http').createServer().listen(Number(require('fs').readFileSync('own-port')), '127.0.0.1')"`,
    );
    const { cwd, run, leases } = await running('beside', 'node a.js & node b.js & sh helper.sh & wait');
    const helper = await waitFor(async () => (await home.api.check(port)).listener ?? undefined);
    const refused = await home.cli(['stop', String(port)], { cwd });
    expectError(refused, 1, 'LEASE_NOT_FOUND');
    expect(refused.stderr).toContain(`pid ${helper.pid} `);
    expect((await leasesIn(cwd)).map(({ state }) => state)).toEqual(['bound', 'bound']);
    expect((await home.cli(['stop', '--all', '--yes'], { cwd })).code).toBe(0);
    await expectNothingLeft(run, leases);
    expect(isAlive(helper.pid ?? 0)).toBe(false);
  });
});
