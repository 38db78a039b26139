import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../../../src/daemon/ledger/journal.ts';
import { recover } from '../../../../src/daemon/ledger/recovery.ts';
import { createState, isHostKept, isNameKept, recordsOf } from '../../../../src/daemon/ledger/state.ts';
import { affinityKey, createAffinities } from '../../../../src/domain/affinity.ts';
import type { JournalRecord } from '../../../../src/domain/records.ts';
import { createCatalog } from '../../../../src/domain/service-type.ts';
import { parseUserConfig } from '../../../../src/settings/parse.ts';
import { sealRecord } from '../../../../src/system/files/sealed-log.ts';
import { styxyPaths, type Paths } from '../../../../src/system/paths.ts';
import { lease, serviceType } from '../../../support/leases.ts';
import { tempDir } from '../../../support/temp.ts';

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

test('of two leases of a service that runs once the later is shared, and the earlier stays with its holder', async () => {
  const shared = { key: 'db' };
  const other = { key: 'other' };
  await earlier([leased(3000, { shared }), leased(3001, { shared }), leased(3002, { shared: other })]);
  const { leases } = recover(paths, 'boot-1');
  expect(leases.map(({ port, shared: own }) => [port, own?.key])).toEqual([
    [3000, undefined],
    [3001, 'db'],
    [3002, 'other'],
  ]);
  expect(createState(catalog, 0, { leases, affinities: createAffinities() }).leases.shared('db')?.port).toBe(
    3001,
  );
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
      writeFileSync(join(paths.backups, `daemon.state.damaged-2020-01-${day}T10-00-00.000Z`), '');
    writeFileSync(join(paths.backups, 'mine.txt'), '');
    await damage();
    recover(paths, 'boot-1');
    const kept = readdirSync(paths.backups);
    expect(kept).toHaveLength(11);
    expect(kept).toContain('mine.txt');
    expect(kept).not.toContain('daemon.state.damaged-2020-01-15T10-00-00.000Z');
    expect(kept).toContain('daemon.state.damaged-2020-01-16T10-00-00.000Z');
  });

  test('without its first record still gives back its leases', async () => {
    await earlier([leased(3000)]);
    const bytes = readFileSync(paths.state);
    bytes[5]! ^= 1;
    writeFileSync(paths.state, bytes);
    expect(portsOf(recover(paths, 'boot-1'))).toEqual([3000]);
  });
});

describe('the rules of the configuration', () => {
  const rules = (own = {}) =>
    parseUserConfig({ recovery: { system_recovery: own } }, 'f').recovery.system_recovery;
  const damage = async (): Promise<Buffer> => {
    await earlier([leased(3000), leased(3001)]);
    const bytes = readFileSync(paths.state);
    bytes[bytes.indexOf('3001')] = 0x39;
    writeFileSync(paths.state, bytes);
    return bytes;
  };
  /** No way to read it, for root neither. */
  const makeUnreadable = () => {
    mkdirSync(paths.state);
    writeFileSync(join(paths.state, 'inside'), 'kept');
  };

  test('backup_corrupted_state: without it every intact lease is kept, and no copy of the file', async () => {
    await damage();
    const { report, notices, ...recovered } = recover(
      paths,
      'boot-1',
      rules({ backup_corrupted_state: false }),
    );
    expect(portsOf({ report, notices, ...recovered })).toEqual([3000]);
    expect(existsSync(paths.backups)).toBe(false);
    expect(report).toMatchObject({ kept_aside: null, damaged_bytes: expect.any(Number) });
    expect(notices).toEqual([expect.stringContaining('the rest is gone')]);
  });

  test('enabled: without it a damaged file makes the start fail, and stays as it is', async () => {
    const bytes = await damage();
    expect(() => recover(paths, 'boot-1', rules({ enabled: false }))).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: expect.stringContaining('is damaged'),
        hint: expect.stringContaining('recovery.system_recovery.enabled'),
      }),
    );
    expect(readFileSync(paths.state)).toEqual(bytes);
    expect(existsSync(paths.backups)).toBe(false);
  });

  test('enabled: without it a whole file is as good as ever', async () => {
    await earlier([leased(3000)]);
    expect(portsOf(recover(paths, 'boot-1', rules({ enabled: false })))).toEqual([3000]);
  });

  test('max_recovery_attempts: so many starts fail at a file that can not be read, the last one moves it away', () => {
    makeUnreadable();
    for (const left of [2, 1]) {
      expect(() => recover(paths, 'boot-1', rules())).toThrow(
        expect.objectContaining({
          code: 'STATE_UNWRITABLE',
          why: expect.stringContaining(`after ${left} more failed start`),
        }),
      );
    }
    const { leases, notices, report } = recover(paths, 'boot-1', rules());
    expect(leases).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/could not be read in 3 starts.*moved to .*unreadable/)]);
    expect(existsSync(paths.state)).toBe(false);
    expect(readFileSync(join(report.kept_aside ?? '', 'inside'), 'utf8')).toBe('kept');
    expect(readdirSync(paths.home)).toEqual(['backups']);
  });

  test('max_recovery_attempts: 1 does without at once', () => {
    makeUnreadable();
    expect(recover(paths, 'boot-1', rules({ max_recovery_attempts: 1 })).leases).toEqual([]);
  });

  test('max_recovery_attempts: counts failures in a row only', async () => {
    makeUnreadable();
    for (let round = 0; round < 3; round += 1) {
      expect(() => recover(paths, 'boot-1', rules({ max_recovery_attempts: 2 }))).toThrow();
      renameSync(paths.state, `${paths.state}-away`);
      recover(paths, 'boot-1', rules({ max_recovery_attempts: 2 }));
      renameSync(`${paths.state}-away`, paths.state);
    }
  });

  test('max_recovery_attempts: a state of a newer version is never moved away', () => {
    writeFileSync(paths.state, sealRecord({ op: 'header', schema: 99, boot: 'b' }));
    for (let round = 0; round < 5; round += 1) {
      expect(() => recover(paths, 'boot-1', rules({ max_recovery_attempts: 1 }))).toThrow(/newer version/);
    }
    expect(existsSync(paths.state)).toBe(true);
  });
});

describe('the report', () => {
  test('of a fresh machine says that there was nothing', () => {
    expect(recover(paths, 'boot-1').report).toEqual({
      leases: 0,
      damaged_bytes: 0,
      kept_aside: null,
      voided_by_reboot: 0,
      dropped: 0,
      orphaned: 0,
      killed_before: null,
    });
  });
  test('counts what a reboot made void, and what two leases on one port lost', async () => {
    await earlier([leased(3000), leased(3001), leased(3001, { id: 'later' })]);
    expect(recover(paths, 'boot-2').report).toMatchObject({ leases: 0, voided_by_reboot: 3, dropped: 0 });
    expect(recover(paths, 'boot-1').report).toMatchObject({ leases: 2, voided_by_reboot: 0, dropped: 1 });
  });
  test('records that are sealed and no leases do no harm', async () => {
    const odd = [
      { op: 'lease' },
      { op: 'lease', lease: null },
      { op: 'lease', lease: { id: 'x', port: 70_000 } },
    ];
    writeFileSync(paths.state, Buffer.concat([...odd, leased(3000)].map(sealRecord)));
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
      { op: 'affinity', key: webKey, ports: [3000], at: undefined, kept: [3000] },
      { op: 'lease', lease: lease(3000) },
    ]);
  });

  test('keeps the names and hosts of services that are live or remembered, and of no others', () => {
    const affinities = createAffinities();
    affinities.remember(affinityKey('/p', 'dev', 'known')!, 3004);
    affinities.remember(affinityKey('', 'dev', 'machine')!, 3005);
    const live = lease(3000, { project: '/p', name: 'live', host: 'other.q' });
    const sources = createState(catalog, 0, { leases: [live], affinities });
    const services = [
      ...['live', 'known', 'gone'].map((name) => ({ project: '/p', name })),
      ...['machine', 'known'].map((name) => ({ project: '', name })),
    ];
    const parts = { project: 'p' };
    for (const { project: worktree, name } of services) {
      sources.names.note({ project: worktree, name });
      sources.hosts.note({ worktree, parts, service: name, host: `${name}.${worktree}` });
    }
    sources.hosts.note({ worktree: '/q', parts, service: 'other', host: 'other.q' });
    const records = [...recordsOf(sources)];
    expect(records.filter(({ op }) => op === 'name')).toEqual(
      [...sources.names.all()]
        .filter((service) => isNameKept(sources, service))
        .map((service) => ({ op: 'name', service })),
    );
    expect(records.filter(({ op }) => op === 'host')).toEqual(
      [...sources.hosts.all()]
        .filter((service) => isHostKept(sources, service))
        .map((service) => ({ op: 'host', service })),
    );
    const kept = records.flatMap((each) => (each.op === 'name' ? [each.service.name] : []));
    expect(kept.toSorted()).toEqual(['known', 'live', 'machine']);
    expect(records.flatMap((each) => (each.op === 'host' ? [each.service.service] : []))).toContain('other');
  });
});
