import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../../src/daemon/journal.ts';
import { recover } from '../../../src/daemon/recovery.ts';
import { createState, recordsOf } from '../../../src/daemon/state.ts';
import { affinityKey, createAffinities } from '../../../src/domain/affinity.ts';
import type { JournalRecord } from '../../../src/domain/records.ts';
import { createCatalog } from '../../../src/domain/service-type.ts';
import { styxyPaths, type Paths } from '../../../src/system/paths.ts';
import { lease, serviceType } from '../../support/leases.ts';
import { tempDir } from '../../support/temp.ts';

const dev = serviceType('dev', 3000, 3009);
const catalog = createCatalog([dev]);
const service = { project: '/p', name: 'web' };
const webKey = affinityKey('/p', 'dev', 'web') ?? '';

let paths: Paths;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  paths = styxyPaths({ STYXY_HOME: folder.path });
});

/** What a daemon wrote before it was killed. */
async function earlier(records: JournalRecord[], boot = 'boot-1'): Promise<void> {
  const journal = await openJournal(paths.state, boot, () => []);
  for (const record of records) journal.append(record);
  await journal.close();
}
const leased = (port: number, own = {}): JournalRecord => ({ op: 'lease', lease: lease(port, own) });
const portsOf = ({ leases }: ReturnType<typeof recover>) => leases.map(({ port }) => port);

test('on a fresh machine there is nothing to recover', () => {
  const { leases, notices } = recover(paths, 'boot-1');
  expect([leases, notices, existsSync(paths.backups)]).toEqual([[], [], false]);
});

test('every lease of the last daemon is there again', async () => {
  await earlier([leased(3000), leased(3001), { op: 'end', id: 'lease-3000' }, leased(3002, service)]);
  const recovered = recover(paths, 'boot-1');
  expect(recovered.leases).toEqual([lease(3001), lease(3002, service)]);
  expect(recovered.notices).toEqual([]);
});

test('after a reboot no lease is valid, and every habit is', async () => {
  await earlier([leased(3005, service)]);
  const { leases, affinities, notices } = recover(paths, 'boot-2');
  expect([leases, notices]).toEqual([[], []]);
  expect(affinities.portsOf(webKey)).toEqual([3005]);
});

test('of two leases on one port the later is true', async () => {
  await earlier([leased(3000), leased(3001), leased(3000, { id: 'later' })]);
  const recovered = recover(paths, 'boot-1');
  expect(recovered.leases.map(({ id }) => id).toSorted()).toEqual(['later', 'lease-3001']);
});

describe('a damaged journal', () => {
  const damage = async (): Promise<Buffer> => {
    await earlier([leased(3000), leased(3001), leased(3002)]);
    const bytes = readFileSync(paths.state);
    bytes[bytes.indexOf('3001')] = 0x39;
    writeFileSync(paths.state, bytes);
    return bytes;
  };

  test('gives back all that is intact, and says what was wrong', async () => {
    await damage();
    const recovered = recover(paths, 'boot-1');
    expect(portsOf(recovered)).toEqual([3000, 3002]);
    expect(recovered.notices).toEqual([
      expect.stringMatching(/damaged \(\d+ bytes\).*intact lease was kept.*backups/),
    ]);
  });

  test('is kept aside byte for byte before anything is written', async () => {
    const bytes = await damage();
    recover(paths, 'boot-1');
    const [copy = ''] = readdirSync(paths.backups);
    expect(copy).toMatch(/^daemon\.state\.damaged-/);
    expect(readFileSync(join(paths.backups, copy))).toEqual(bytes);
    if (process.platform !== 'win32') expect(statSync(paths.backups).mode & 0o777).toBe(0o700);
  });

  test('does not fill the disk with copies: the last ten are kept', async () => {
    mkdirSync(paths.backups);
    for (let day = 10; day < 25; day += 1)
      writeFileSync(join(paths.backups, `daemon.state.damaged-2020-01-${day}`), '');
    writeFileSync(join(paths.backups, 'mine.txt'), '');
    await damage();
    recover(paths, 'boot-1');
    const kept = readdirSync(paths.backups);
    expect(kept).toHaveLength(11);
    expect(kept).toContain('mine.txt');
    expect(kept).not.toContain('daemon.state.damaged-2020-01-15');
    expect(kept).toContain('daemon.state.damaged-2020-01-16');
  });

  test('without its first record still gives back its leases', async () => {
    await earlier([leased(3000)]);
    const bytes = readFileSync(paths.state);
    bytes[5]! ^= 1;
    writeFileSync(paths.state, bytes);
    expect(portsOf(recover(paths, 'boot-1'))).toEqual([3000]);
  });
});

describe('the state that is made of it', () => {
  const state = () => createState(catalog, 8123, { leases: [lease(3000)], affinities: createAffinities() });

  test("never grants the daemon's own ports", () => {
    expect([...state().reserved].toSorted()).toEqual([8123, 9876]);
  });

  test('treats ports of earlier habits as used before', () => {
    const affinities = createAffinities();
    affinities.remember(webKey, 3004);
    const { leases } = createState(catalog, 0, { leases: [lease(3000)], affinities });
    expect([...leases.pool(dev).fresh()]).toEqual([3001, 3002, 3003, 3005, 3006, 3007, 3008, 3009]);
    expect([...leases.pool(dev).returned()]).toEqual([3004]);
  });

  test('is written down as one record for each thing alive', () => {
    const sources = state();
    sources.affinities.remember(webKey, 3000);
    expect([...recordsOf(sources)]).toEqual([
      { op: 'affinity', key: webKey, ports: [3000] },
      { op: 'lease', lease: lease(3000) },
    ]);
  });
});
