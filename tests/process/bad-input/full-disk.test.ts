import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import { expectError, expectJsonError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { openMountSpace, type MountSpace } from '../../support/mount-space.ts';
import { Refused, socketApi } from '../../support/socket-api.ts';
import { waitFor } from '../../support/processes.ts';

const TELL = ['sh', '-c', 'echo $PORT; exit 3'];

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  const home = styxyHome();

  /** A small disk in place of the home, with a service type on the test's own ports. */
  async function smallDisk(): Promise<MountSpace | string> {
    const space = await openMountSpace(
      `mount -t tmpfs -o size=4m,mode=700 tmpfs ${home.path}; mkdir ${home.path}/logs`,
    );
    if (typeof space === 'string') return space;
    const types = { dev: { port_range: [home.ports.first, home.ports.last] } };
    await space.sh(`echo '${JSON.stringify({ service_types: types })}' > ${home.path}/config.json`);
    return space;
  }

  const fill = (space: MountSpace) =>
    space.sh(`cat /dev/zero > ${home.path}/fill 2>/dev/null || test -s ${home.path}/fill`);
  const empty = (space: MountSpace) => space.sh(`rm ${home.path}/fill`);

  test('before the first start: the command runs with a warning, `allocate` fails with 74, and both name the disk', async ({
    skip,
  }) => {
    const space = await smallDisk();
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const options = { via: space.via(home.place) };
    await fill(space);
    for (let turn = 0; turn < 3; turn++) {
      const run = await home.cli(['run', '--', ...TELL], options);
      expectUnreservedRun(run, 3);
      expect(run.stderr).toMatch(/no space left|disk/i);
    }
    const allocate = await home.cli(['allocate', '--type', 'dev'], options);
    expectError(allocate, 74, 'STATE_UNWRITABLE');
    expect(allocate.stderr).toMatch(/no space left|disk is full/i);
    expectJsonError(await home.cli(['allocate', '--type', 'dev', '--json'], options), 74, 'STATE_UNWRITABLE');
    await waitFor(() => home.daemons().length === 0, 5000, 'no daemon to be left');
    // What failed starts leave would add up to what fills the disk.
    const left = readdirSync(space.outside(home.path), { recursive: true, withFileTypes: true });
    expect(left.filter((each) => each.isFile()).map(({ name }) => name)).toEqual([
      'config.json',
      'fill',
      'daemon.log',
    ]);
    await empty(space);
    const run = await home.cli(['run', '--', ...TELL], options);
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
    expect((await home.cli(['daemon', 'stop'], options)).code).toBe(0);
    await space.close();
  });

  test('under a running daemon: commands still run, `allocate` fails with 74, and no lease is lost', async ({
    skip,
  }) => {
    const space = await smallDisk();
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const options = { via: space.via(home.place) };
    const api = socketApi(() => space.outside(join(home.path, 'daemon.sock')));
    const start = await home.cli(['daemon', 'start'], options);
    expect(start.code, start.story).toBe(0);
    const kept: string[] = [];
    const allocate = async () => {
      const { lock_id, port } = await api.allocate({ ttl_ms: 3_600_000 });
      kept.push(`${lock_id} ${port}`);
    };
    for (let index = 0; index < 20; index++) await allocate();

    // What is left of the last block of the file still takes some records.
    await fill(space);
    const failure = await (async () => {
      for (let index = 0; index < 60; index++) await allocate();
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Refused);
    expect(failure).toMatchObject({ status: 503, code: 'STATE_UNWRITABLE' });

    // A release that is refused has released nothing; the first ones may still find room.
    const refusals: unknown[] = [];
    for (const each of kept.splice(0)) {
      await api.release(each.split(' ')[0] ?? '').catch((error: unknown) => {
        refusals.push(error);
        kept.push(each);
      });
    }
    expect(refusals[0]).toMatchObject({ status: 503, code: 'STATE_UNWRITABLE' });

    const refused = await home.cli(['allocate', '--type', 'dev'], options);
    expectError(refused, 74, 'STATE_UNWRITABLE');
    expect(refused.stderr).toMatch(/no space left|disk is full/i);
    const run = await home.cli(['run', '--', ...TELL], options);
    expectUnreservedRun(run, 3);
    const leases = async () =>
      (await home.json<ListAnswer>(['list'], options)).allocations
        .map(({ lock_id, port }) => `${lock_id} ${port}`)
        .toSorted();
    expect(await leases()).toEqual(kept.toSorted());

    process.kill((await api.status()).pid, 'SIGKILL');
    expectUnreservedRun(await home.cli(['run', '--', ...TELL], options), 3);
    expectError(await home.cli(['allocate', '--type', 'dev'], options), 74, 'STATE_UNWRITABLE');

    await empty(space);
    expect(await leases(), 'with space again').toEqual(kept.toSorted());
    const again = await home.cli(['allocate', '--type', 'dev'], options);
    expect(again.code, again.story).toBe(0);
    expect((await home.cli(['daemon', 'stop'], options)).code).toBe(0);
    api.close();
    await space.close();
  });
});
