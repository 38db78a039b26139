import { beforeEach, expect, test } from 'vitest';
import { useOuterLease } from '../../../../src/daemon/grants/inside.ts';
import type { Lease } from '../../../../src/domain/lease.ts';
import type { LeaseRequest } from '../../../../src/domain/request.ts';
import type { AllocateBody } from '../../../../src/protocol/requests/allocate.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { lease, serviceType, type LeaseFacts } from '../../../support/leases.ts';

const OUTER = { kind: 'connection', pid: 10, startTime: '1' } as const;
const PROJECT = '/home/ada/shop';

let books: TestLedger;
let alive: Set<number>;
let parents: Map<number, number>;

beforeEach(() => {
  books = ledgerFor([serviceType('dev', 3000, 3099), serviceType('api', 8000, 8099)]);
  [alive, parents] = [new Set([10, 20, 21]), new Map()];
});

function leased(own: LeaseFacts = {}): Lease {
  const made = lease(3000, { holder: OUTER, project: PROJECT, name: 'dev', ...own });
  const outer = { ...made, holds: [{ ...made.holds[0], handsOn: true as const }] } as unknown as Lease;
  books.ledger.add(outer);
  return outer;
}

function ask(body: Partial<AllocateBody> = {}, request: Partial<LeaseRequest> = {}, pid = 20) {
  const asked = {
    service_type: 'dev',
    service_type_default: true,
    service_name: 'vite',
    program: 'vite',
    inside: 'lease-3000',
    ...body,
  };
  const wish = {
    type: asked.service_type,
    name: asked.service_name,
    project: PROJECT,
    holder: { kind: 'connection', pid, startTime: '1' },
    port: undefined,
    prefer: undefined,
    share: undefined,
    avoid: [],
    projectType: undefined,
    ...request,
  } as unknown as LeaseRequest;
  const machine = {
    isAlive: (process: { pid: number }) => alive.has(process.pid),
    isDescendant: (child: number, ancestor: number) => parents.get(child) === ancestor,
  };
  return useOuterLease({ state: books.state, ledger: books.ledger, machine } as never, asked, wish);
}

const now = (): Lease | undefined => books.state.leases.get('lease-3000');

test('the lease of a run that hands it on is used, and the outer run keeps it', () => {
  leased();
  const answer = ask();
  expect(answer).toMatchObject({
    port: 3000,
    lock_id: 'lease-3000',
    inside: true,
    shared: true,
    existing: true,
  });
  expect(answer?.service_name).toBe('dev');
  expect(now()).toMatchObject({ inner: { pid: 20 }, holds: [{ holder: OUTER }] });
});

test('it goes by the name and type that the inner run was given', () => {
  leased();
  const answer = ask({ service_name: 'shop', program: undefined });
  expect(answer).toMatchObject({ port: 3000, service_name: 'shop', service_type: 'dev' });
});

test.each<[string, Partial<AllocateBody>, Partial<LeaseRequest>]>([
  ['insists on another port', {}, { port: 3005 }],
  ['wishes for another port', {}, { prefer: 4000 }],
  ['has just failed on this port', {}, { avoid: [3000] }],
  ['asks for a type that nobody knows yet', { service_type: 'new', service_type_default: undefined }, {}],
  ['asks for a type with other ports', { service_type: 'api', service_type_default: undefined }, {}],
  ['belongs to another project', {}, { project: '/home/ada/other' }],
  ['runs once for all', {}, { share: { key: 'x', holdId: 'x', serves: true } }],
  ['can not be seen', {}, { holder: { kind: 'connection' } }],
  ['comes back with a lease of its own', { lock_id: 'lease-9' }, {}],
  ['is inside a lease that has ended', { inside: 'lease-9' }, {}],
])('an inner run that %s gets its own', (_, body, request) => {
  leased();
  expect(ask(body, request)).toBeUndefined();
  expect(now()?.inner).toBeUndefined();
});

test('of two at once the second gets its own, and the next one after the end of the first this one', () => {
  leased();
  expect(ask()).toBeDefined();
  expect(ask({}, {}, 21)).toBeUndefined();
  expect(ask()).toBeDefined();
  alive.delete(20);
  expect(ask({}, {}, 21)).toBeDefined();
});

test('one that hands it on again gives it to what it has started', () => {
  leased();
  expect(ask({}, { handsOn: true })).toBeDefined();
  expect(ask({}, {}, 21)).toBeUndefined();
  parents.set(21, 20);
  expect(ask({}, {}, 21)).toBeDefined();
});
