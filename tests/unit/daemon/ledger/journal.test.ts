import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../../../src/daemon/ledger/journal.ts';
import { affinityKey } from '../../../../src/domain/affinity.ts';
import type { JournalRecord } from '../../../../src/domain/records.ts';
import { sealRecord } from '../../../../src/system/files/sealed-log.ts';
import { recordsAt } from '../../../support/records.ts';
import { lease } from '../../../support/leases.ts';
import { tempDir } from '../../../support/temp.ts';

let path: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = `${folder.path}/daemon.state`;
});

const leased = (port: number, own = {}): JournalRecord => ({ op: 'lease', lease: lease(port, own) });
const ended = (port: number): JournalRecord => ({ op: 'end', id: `lease-${port}` });
const open = (alive: Iterable<JournalRecord> = []) => openJournal(path, 'boot-1', () => alive);

test('what was appended is read back, in order, with the boot it belongs to', async () => {
  const journal = await open();
  for (const record of [leased(10), leased(11), ended(10)]) journal.append(record);
  await journal.close();
  expect(recordsAt(path)).toEqual({
    count: 3,
    records: [leased(10), leased(11), ended(10)],
    boot: 'boot-1',
    damagedBytes: 0,
    strange: 0,
  });
});

test('a record is in the file when append returns', async () => {
  const journal = await open();
  journal.append(leased(10));
  expect(recordsAt(path).records).toEqual([leased(10)]);
  await journal.close();
});

test('where no journal is, nothing was ever leased', () => {
  expect(recordsAt(path)).toEqual({ count: 0, records: [], boot: undefined, damagedBytes: 0, strange: 0 });
});

test('opening replaces what is there by what is alive', async () => {
  writeFileSync(path, 'rubbish');
  const journal = await open([leased(10)]);
  await journal.close();
  expect(recordsAt(path)).toEqual({
    count: 1,
    records: [leased(10)],
    boot: 'boot-1',
    damagedBytes: 0,
    strange: 0,
  });
  expect(existsSync(`${path}.new`)).toBe(false);
});

test.skipIf(process.platform === 'win32')('the journal is for its owner only', async () => {
  const journal = await open();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await journal.close();
});

test('a closed journal takes no more records', async () => {
  const journal = await open();
  await journal.close();
  expect(() => journal.append(leased(10))).toThrow(expect.objectContaining({ code: 'DAEMON_STOPPING' }));
  expect(recordsAt(path).records).toEqual([]);
});

test('a journal of a newer version is refused, and not touched', () => {
  const newer = sealRecord({ op: 'header', schema: 3, boot: 'b' });
  writeFileSync(path, newer);
  expect(() => recordsAt(path)).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE', why: expect.stringContaining('schema 3') }),
  );
  expect(readFileSync(path)).toEqual(newer);
});

test('records of kinds that nobody knows are left out', () => {
  writeFileSync(path, Buffer.concat([{ op: 'dance' }, leased(10), 'text', null, { op: 5 }].map(sealRecord)));
  expect(recordsAt(path)).toEqual({
    count: 1,
    records: [leased(10)],
    boot: undefined,
    damagedBytes: 0,
    strange: 4,
  });
});

test('a place that is no file is told as unusable state', async () => {
  mkdirSync(path);
  expect(() => recordsAt(path)).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }));
  await expect(open()).rejects.toMatchObject({ code: 'STATE_UNWRITABLE', details: { path } });
  expect(existsSync(`${path}.new`)).toBe(false);
});

describe('a compaction', () => {
  /** Enough to need many turns of the event loop. */
  const many = Array.from({ length: 5000 }, (_, index) => leased(index + 1));

  test('keeps every record that is appended while it runs', async () => {
    const journal = await open(many);
    const compaction = journal.compact();
    const late: JournalRecord[] = [];
    let over = false;
    void compaction.finally(() => (over = true));
    for (let port = 10_000; !over; port += 1) {
      const record = leased(port);
      journal.append(record);
      late.push(record);
      await new Promise(setImmediate);
    }
    expect(late.length).toBeGreaterThan(5);
    await journal.close();
    const { records, damagedBytes } = recordsAt(path);
    expect(damagedBytes).toBe(0);
    const ports = new Set(records.map((record) => (record.op === 'lease' ? record.lease.port : 0)));
    expect(
      [...many, ...late].filter((record) => record.op === 'lease' && !ports.has(record.lease.port)),
    ).toEqual([]);
  });

  test('leaves a readable journal behind at each of its steps', async () => {
    // All of it is read at each step.
    const journal = await open(many.slice(0, 1500));
    journal.append(leased(20_000));
    const compaction = journal.compact();
    let over = false;
    let steps = 0;
    void compaction.finally(() => (over = true));
    for (; !over; steps += 1) {
      expect(recordsAt(path)).toMatchObject({ boot: 'boot-1', damagedBytes: 0 });
      await new Promise(setImmediate);
    }
    expect(steps).toBeGreaterThan(10);
    await journal.close();
  });

  test('is asked for twice and runs once', async () => {
    const journal = await open(many);
    expect(journal.compact()).toBe(journal.compact());
    await journal.close();
  });

  test('comes by itself when the journal has grown, and makes it small again', async () => {
    const journal = await open([leased(10)]);
    const long = leased(10, { command: 'x'.repeat(4000) });
    for (let count = 0; count < 80; count += 1) journal.append(long);
    await journal.close();
    expect(statSync(path).size).toBeLessThan(100_000);
  });

  test('that fails leaves the journal in use as it was', async () => {
    let isBroken = false;
    const journal = await openJournal(path, 'boot-1', function* alive() {
      yield leased(10);
      if (isBroken) throw new Error('out of memory');
    });
    isBroken = true;
    journal.append(leased(11));
    await expect(journal.compact()).rejects.toMatchObject({ code: 'STATE_UNWRITABLE', why: 'out of memory' });
    journal.append(leased(12));
    expect(recordsAt(path).records).toEqual([leased(10), leased(11), leased(12)]);
    expect(existsSync(`${path}.new`)).toBe(false);
    isBroken = false;
    await journal.compact();
    await journal.close();
    expect(recordsAt(path).records).toEqual([leased(10)]);
  });
});

test('a memory is read back whole: also that its port was only promised', async () => {
  const key = affinityKey('/p', 'dev', 'web')!;
  const told = { op: 'affinity', key, ports: [10], at: 1, isHere: true, isTold: true, kept: [10] } as const;
  const journal = await open();
  journal.append(told);
  await journal.close();
  expect(recordsAt(path).records).toEqual([told]);
});

test.each(['web', '["/p","dev"]', '{}', '["/p","dev",1]'])(
  'a memory of %s is of no service, and left out',
  async (key) => {
    const journal = await open();
    journal.append({ op: 'affinity', key, ports: [10] });
    await journal.close();
    expect(recordsAt(path)).toMatchObject({ records: [], strange: 1 });
  },
);
