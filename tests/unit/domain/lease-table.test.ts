import { beforeEach, expect, test } from 'vitest';
import { createLeaseTable, type LeaseTable } from '../../../src/domain/lease-table.ts';
import { createCatalog } from '../../../src/domain/service-type.ts';
import { lease, serviceType } from '../../support/leases.ts';

const dev = serviceType('dev', 10, 19);
const process = { kind: 'process', pid: 5, startTime: '77' } as const;
const owned = { project: '/p', name: 'web', holder: process };

let table: LeaseTable;
beforeEach(() => void (table = createLeaseTable(createCatalog([dev]))));

test('a lease is found by its id, its port, its request and its owner', () => {
  const made = lease(10, { ...owned, requestId: 'r1' });
  table.add(made);
  expect([
    table.get('lease-10'),
    table.at(10),
    table.madeBy('r1'),
    table.ownedLike({ ...owned, type: 'dev' }),
  ]).toEqual(Array(4).fill(made));
  expect([table.size, ...table.all()]).toEqual([1, made]);
});

test('a port is never leased twice, and an id is never given twice', () => {
  table.add(lease(10));
  expect(() => table.add(lease(10, { id: 'other' }))).toThrow('port 10 would be leased twice');
  expect(() => table.add(lease(11, { id: 'lease-10' }))).toThrow();
  expect([table.size, table.at(11)]).toEqual([1, undefined]);
});

test('a removed lease is found by nothing, and its port is offered again', () => {
  table.add(lease(10, { ...owned, requestId: 'r1' }));
  expect(table.remove('lease-10')?.port).toBe(10);
  expect([
    table.get('lease-10'),
    table.at(10),
    table.madeBy('r1'),
    table.ownedLike({ ...owned, type: 'dev' }),
  ]).toEqual(Array(4).fill(undefined));
  expect([...table.pool(dev).returned()]).toEqual([10]);
  expect(table.remove('lease-10')).toBeUndefined();
});

test('a lease can change its holder, never its port', () => {
  table.add(lease(10, owned));
  const holder = { kind: 'process', pid: 6, startTime: '78' } as const;
  table.replace(lease(10, { ...owned, holder }));
  expect(table.ownedLike({ ...owned, type: 'dev' })).toBeUndefined();
  expect(table.ownedLike({ ...owned, type: 'dev', holder })?.id).toBe('lease-10');
  expect(() => table.replace(lease(11, { id: 'lease-10' }))).toThrow();
  expect(() => table.replace(lease(12))).toThrow();
});

test('a recycled pid is another owner, and so is another service, type or worktree', () => {
  table.add(lease(10, owned));
  const like = { ...owned, type: 'dev' };
  expect(table.ownedLike({ ...like, holder: { ...process, startTime: '99' } })).toBeUndefined();
  expect(table.ownedLike({ ...like, name: 'api' })).toBeUndefined();
  expect(table.ownedLike({ ...like, type: 'api' })).toBeUndefined();
  expect(table.ownedLike({ ...like, project: '/q' })).toBeUndefined();
});

test('an owner without a name, a worktree or a life of its own is nobody', () => {
  table.add(lease(10, { ...owned, name: undefined }));
  table.add(lease(11, { ...owned, holder: { kind: 'connection' } }));
  table.add(lease(12, { ...owned, holder: { kind: 'ttl', expiresAt: 5 } }));
  expect(table.ownedLike({ ...owned, type: 'dev', name: undefined })).toBeUndefined();
  expect(table.ownedLike({ ...owned, type: 'dev', holder: { kind: 'connection' } })).toBeUndefined();
  expect(table.ownedLike({ ...owned, type: 'dev', holder: { kind: 'ttl', expiresAt: 5 } })).toBeUndefined();
});

test('an instance owns its leases whichever process asks', () => {
  const holder = { kind: 'instance', id: 'i1' } as const;
  table.add(lease(10, { ...owned, holder }));
  expect(table.ownedLike({ ...owned, type: 'dev', holder: { ...holder } })?.port).toBe(10);
});

test('the end of an older lease leaves the owner its newer one', () => {
  table.add(lease(10, owned));
  table.add(lease(11, owned));
  table.remove('lease-10');
  expect(table.ownedLike({ ...owned, type: 'dev' })?.port).toBe(11);
});

test('a port of an earlier life counts as given back, unless it is leased now', () => {
  table.add(lease(10));
  for (const port of [10, 12, 99]) table.markUsed(port);
  expect([...table.pool(dev).returned()]).toEqual([12]);
  expect([...table.pool(dev).fresh()]).not.toContain(12);
});

test('the port to which a lease has drifted is taken by it, until it comes back', () => {
  const made = lease(10);
  table.add(made);
  table.replace({ ...made, driftedTo: [12, 4000] });
  expect([table.at(10), table.at(12), table.at(4000)].map((each) => each?.id)).toEqual(
    Array(3).fill('lease-10'),
  );
  expect(table.size).toBe(1);
  expect(() => table.add(lease(12))).toThrow('port 12 would be leased twice');
  table.add(lease(11));
  expect(() => table.replace({ ...made, driftedTo: [11] })).toThrow('port 11 would be leased twice');
  table.replace(made);
  expect([table.at(12), table.at(4000), table.at(10)?.id]).toEqual([undefined, undefined, 'lease-10']);
  expect([...table.pool(dev).fresh()]).not.toContain(12);
  expect([...table.pool(dev).returned()]).toEqual([12]);
});

test('what drifted goes with its lease', () => {
  table.add(lease(10, { driftedTo: [12] }));
  table.remove('lease-10');
  table.add(lease(12));
  expect(table.at(12)?.id).toBe('lease-12');
});
