import { expect, test } from 'vitest';
import type { Allocation, WireSharer } from '../../../src/protocol/answers/allocation.ts';
import { findEach, findLease } from '../../../src/run/leases/find-lease.ts';

const HERE = '/work/shop';
const TOP = { path: HERE, folder: '' };
const THERE = '/work/shop-2';

let nextPort = 3000;
function lease(fields: Partial<Allocation> = {}): Allocation {
  const port = nextPort++;
  return {
    port,
    lock_id: `lock-${port}`,
    service_type: 'dev',
    service_name: 'web',
    state: 'bound',
    project_path: HERE,
    instance_id: null,
    holder: { kind: 'process', pid: 1 },
    process_id: null,
    command: null,
    branch: null,
    allocated_at: '2026-01-01T00:00:00.000Z',
    listeners: [],
    actual_ports: [],
    url: `http://localhost:${port}`,
    name_url: null,
    ...fields,
  };
}

const sharer = (path: string): WireSharer => ({
  holder: { kind: 'ttl' },
  instance_id: null,
  project_path: path,
  command: null,
});

/** A coordinator that knows these leases. */
const coordinator = (...allocations: Allocation[]) => ({
  list: async () => ({ allocations, external: [] }),
  check: async (port: number) => {
    const allocation = allocations.find((each) => each.port === port) ?? null;
    return { port, available: !allocation, allocation, listener: null, reason: 'free' };
  },
});

const find = (word: string | undefined, ...leases: Allocation[]) =>
  findLease(coordinator(...leases), word, TOP);

test('a word of digits is a port, wherever its lease belongs', async () => {
  const there = lease({ project_path: THERE });
  const named = lease({ service_name: String(there.port) });
  expect(await find(String(there.port), named, there)).toBe(there);
  await expect(find('1', there)).rejects.toMatchObject({
    code: 'LEASE_NOT_FOUND',
    why: 'nothing runs there',
  });
  await expect(find('70000', there)).rejects.toMatchObject({ code: 'INVALID_PORT' });
});

test('a lock id means its lease, wherever it belongs', async () => {
  const there = lease({ project_path: THERE });
  expect(await find(there.lock_id, lease(), there)).toBe(there);
});

test('a name means the service of this worktree', async () => {
  const here = lease();
  expect(await find('web', lease({ project_path: THERE }), here, lease({ service_name: 'api' }))).toBe(here);
});

test('a lease without a name goes by its type; one with a name does not', async () => {
  const nameless = lease({ service_name: null, service_type: 'api' });
  expect(await find('api', lease(), nameless)).toBe(nameless);
  const named = lease({ service_name: 'backend', service_type: 'api' });
  await expect(find('api', named)).rejects.toMatchObject({
    code: 'LEASE_NOT_FOUND',
    why: `what has a lease here is backend (api, port ${named.port})`,
  });
});

test('of a shared lease the worktree of each sharer counts', async () => {
  const model = lease({ service_name: 'model', project_path: THERE, sharers: [sharer(THERE), sharer(HERE)] });
  expect(await find('model', model)).toBe(model);
});

test('without a word the only lease of this worktree is meant', async () => {
  const here = lease();
  expect(await find(undefined, lease({ project_path: THERE }), here)).toBe(here);
  await expect(find(undefined, here, lease({ service_name: 'api' }))).rejects.toMatchObject({
    code: 'USAGE',
    message: 'several services run here',
    hint: 'say which one by its name, like web',
  });
  await expect(find(undefined)).rejects.toMatchObject({ message: 'nothing runs here' });
});

test('a word that could mean two leases means neither, and both are named', async () => {
  const named = lease({ service_name: 'dev', service_type: 'web' });
  const nameless = lease({ service_name: null, service_type: 'dev' });
  const refused = {
    code: 'USAGE',
    why: `there are dev (web, port ${named.port}) and a lease of type dev (port ${nameless.port})`,
    details: { ports: [named.port, nameless.port] },
  };
  await expect(find('dev', named, nameless)).rejects.toMatchObject(refused);
  await expect(findEach(coordinator(named, nameless), ['dev'], TOP)).rejects.toMatchObject(refused);
});

test('what runs in another worktree is told, with its port', async () => {
  const there = lease({ project_path: THERE });
  const loose = lease({ project_path: null });
  await expect(find('web', there, loose)).rejects.toMatchObject({
    code: 'LEASE_NOT_FOUND',
    message: '"web" does not run here',
    why: `it runs in ${THERE} (port ${there.port}) and outside of any worktree (port ${loose.port})`,
    hint: 'styxy run --name web -- <command> starts it here',
  });
});

test('what belongs to no worktree is told by its port', async () => {
  const loose = lease({ project_path: null });
  await expect(find('web', loose)).rejects.toMatchObject({
    hint: `say which one by its port, like ${loose.port}`,
  });
});

test('a service that was started twice is told by the ports of its copies', async () => {
  const copies = [lease(), lease()];
  const [one, two] = copies.map(({ port }) => port);
  await expect(find('web', ...copies)).rejects.toMatchObject({
    code: 'USAGE',
    hint: `say which one by its port: ${one} or ${two}`,
  });
});

test('of several words each means one lease, and two of them may mean the same', async () => {
  const [web, api] = [lease(), lease({ service_name: 'api' })];
  expect(await findEach(coordinator(web, api), ['api', 'web', String(api.port)], TOP)).toEqual([api, web]);
  await expect(findEach(coordinator(web, api), ['web', 'none'], TOP)).rejects.toMatchObject({
    code: 'LEASE_NOT_FOUND',
  });
});

test('a typo is told what it may have meant, of this worktree', async () => {
  const there = lease({ service_name: 'webb', project_path: THERE });
  await expect(find('wbe', lease(), there)).rejects.toMatchObject({ hint: 'did you mean "web"?' });
  await expect(find('wbe', there)).rejects.toMatchObject({
    hint: 'styxy run --name wbe -- <command> starts it',
  });
});

test('what is only reserved is not told as running', async () => {
  const holder = { kind: 'ttl' } as const;
  const nameless = lease({ service_name: null, holder, state: 'granted' });
  const named = lease({ service_name: 'api', holder, state: 'granted' });
  await expect(find('other', nameless, named)).rejects.toMatchObject({
    why: `what has a lease here is a reservation of type dev (port ${nameless.port}) and api (dev, port ${named.port}, reserved)`,
  });
});
