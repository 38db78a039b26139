import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome, type StyxyHome } from '../../support/home.ts';
import { recordsAt, replayed } from '../../support/records.ts';
import { waitFor } from '../../support/processes.ts';

const onDisk = (home: StyxyHome) =>
  [...replayed(recordsAt(join(home.path, 'daemon.state')).records).leases.values()]
    .map(({ id, port }) => `${id} ${port}`)
    .toSorted();

describe('what the daemon writes', () => {
  const home = styxyHome();
  const lease = (name: string) =>
    home.api.allocate({ service_name: name, project_path: home.place, ttl_ms: 3_600_000 });

  test('after a burst of 200 mixed requests is what it knows, at once', async () => {
    await home.cli(['daemon', 'start']);
    const kept: string[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        await home.api.release((await lease(`first-${index}`)).lock_id);
        const { lock_id, port } = await lease(`second-${index}`);
        if (index % 3 === 0) await home.api.release(lock_id);
        else kept.push(`${lock_id} ${port}`);
      }),
    );
    expect(onDisk(home)).toEqual(kept.toSorted());
  });

  test('for one lease does not depend on how many there are', async () => {
    const size = () => statSync(join(home.path, 'daemon.state')).size;
    const cost = async (name: string) => {
      const before = size();
      await home.api.release((await lease(name)).lock_id);
      return size() - before;
    };
    const beside40 = await cost('probe-a');
    for (const { lock_id } of (await home.api.list()).allocations) await home.api.release(lock_id);
    const beside0 = await cost('probe-b');
    expect(Math.abs(beside40 - beside0)).toBeLessThan(50);
    expect(beside40).toBeLessThan(2000);
  });
});

describe.skipIf(process.platform !== 'linux')('a state file that is written anew', () => {
  const home = styxyHome();

  test('is on the disk before it takes the name, and the name is on the disk before it counts', async ({
    skip,
  }) => {
    const trace = join(home.place, 'trace');
    const strace = [
      'strace',
      '-f',
      '-y',
      '-e',
      'trace=fsync,fdatasync,rename,renameat,renameat2',
      '-o',
      trace,
    ];
    if (spawnSync(strace[0]!, [...strace.slice(1, -1), '/dev/null', 'true']).status !== 0)
      skip('strace can not be used');
    const daemon = home.start(['daemon', 'run'], { via: strace });
    await waitFor(
      async () => (await home.api.status().catch(() => undefined)) !== undefined,
      30_000,
      daemon.stderr,
    );
    await home.cli(['daemon', 'stop']);
    await daemon.finished();
    const calls = readFileSync(trace, 'utf8').split('\n');
    const draft = join(home.path, 'daemon.state.new');
    const first = (pattern: RegExp, from = 0) =>
      calls.findIndex((line, at) => at >= from && pattern.test(line));
    const synced = first(new RegExp(`f(data)?sync\\(\\d+<${draft}>`));
    const renamed = first(/rename(at2?)?\(.*daemon\.state\.new", .*daemon\.state"/);
    const folder = first(new RegExp(`fsync\\(\\d+<${home.path}>`), renamed);
    expect(synced, calls.join('\n')).toBeGreaterThanOrEqual(0);
    expect(renamed).toBeGreaterThan(synced);
    expect(folder).toBeGreaterThan(renamed);
  });
});
