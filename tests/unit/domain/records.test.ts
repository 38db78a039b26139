import { expect, test } from 'vitest';
import { affinityKey } from '../../../src/domain/affinity.ts';
import type { JournalRecord } from '../../../src/domain/records.ts';
import { replayed } from '../../support/records.ts';
import { lease } from '../../support/leases.ts';

const ports = (records: JournalRecord[]) => [...replayed(records).leases.values()].map(({ port }) => port);

test('what was leased and did not end is alive', () => {
  expect(
    ports([
      { op: 'lease', lease: lease(10) },
      { op: 'lease', lease: lease(11) },
      { op: 'end', id: 'lease-10' },
    ]),
  ).toEqual([11]);
});

test('the last word about a lease counts', () => {
  const records: JournalRecord[] = [
    { op: 'lease', lease: lease(10, { command: 'old' }) },
    { op: 'lease', lease: lease(10, { command: 'new' }) },
  ];
  expect(replayed(records).leases.get('lease-10')?.holds[0].command).toBe('new');
});

test('the end of a lease nobody knows means nothing', () => {
  expect(
    ports([
      { op: 'end', id: 'other' },
      { op: 'lease', lease: lease(10) },
    ]),
  ).toEqual([10]);
});

test('a service keeps its habit when its lease is over', () => {
  const key = affinityKey('/p', 'dev', 'web') ?? '';
  const records: JournalRecord[] = [
    { op: 'affinity', key, ports: [12, 13] },
    { op: 'lease', lease: lease(10, { project: '/p', name: 'web' }) },
    { op: 'end', id: 'lease-10' },
  ];
  const { leases, affinities } = replayed(records);
  expect(leases.size).toBe(0);
  expect(affinities.portsOf(key)).toEqual([12, 13, 10]);
  expect(
    [12, 10].map((port) => affinities.ownerOf(port)),
    'only where it listened',
  ).toEqual([key, undefined]);
});

test('a service that was forgotten has no ports, until it listens again', () => {
  const key = affinityKey('/p', 'dev', 'web') ?? '';
  const records: JournalRecord[] = [
    { op: 'affinity', key, ports: [12, 13], at: 5 },
    { op: 'forget', key },
  ];
  const { affinities } = replayed(records);
  expect([affinities.portsOf(key), affinities.ownerOf(12)]).toEqual([[], undefined]);
  const later = replayed([...records, { op: 'affinity', key, ports: [14], at: 6 }]);
  expect(later.affinities.get(key)).toEqual({ key, ports: [14], at: 6 });
});
