import { beforeEach, describe, expect, test } from 'vitest';
import { affinityKey } from '../../../src/domain/affinity.ts';
import { candidatePorts, type CandidateSources } from '../../../src/domain/candidates.ts';
import type { LeaseRequest } from '../../../src/domain/request.ts';
import { lease, portsOffered, request, serviceType, sourcesFor } from '../../support/leases.ts';

const dev = serviceType('dev', 3000, 3005, { preferred: [3002, 3000] });
const api = serviceType('api', 8000, 8001);
const service = { project: '/p', name: 'web' };
const webKey = affinityKey('/p', 'dev', 'web') ?? '';

let sources: CandidateSources;
beforeEach(() => void (sources = sourcesFor([dev, api])));

const offered = (own: Partial<LeaseRequest> = {}, now = 0): number[] => portsOffered(own, dev, sources, now);
const release = (port: number): void => {
  sources.leases.add(lease(port));
  sources.leases.remove(`lease-${port}`);
};

test('the preferred ports come first, then the rest from the lowest', () => {
  expect(offered()).toEqual([3002, 3000, 3001, 3003, 3004, 3005]);
});

test('a wish comes before everything, even from outside of all ranges', () => {
  expect(offered({ prefer: 3004 })).toEqual([3004, 3002, 3000, 3001, 3003, 3005]);
  expect(offered({ prefer: 5555 })[0]).toBe(5555);
});

test('a wish that may not be granted is left out', () => {
  for (const prefer of [8000, 80, 6000]) expect(offered({ prefer })[0]).toBe(3002);
  expect(offered({ prefer: 8000, force: true })[0]).toBe(8000);
});

test('an exact port is the only candidate, and none when it is leased', () => {
  expect(offered({ port: 3004, prefer: 3001 })).toEqual([3004]);
  sources.leases.add(lease(3004));
  expect(offered({ port: 3004 })).toEqual([]);
});

test('a service returns to its ports, the first one first, also out of quarantine', () => {
  for (const port of [3005, 3004]) sources.affinities.remember(webKey, port);
  sources.quarantine.add(3005, 0);
  expect(offered(service).slice(0, 3)).toEqual([3005, 3004, 3002]);
});

test('a wish wins over a habit', () => {
  sources.affinities.remember(webKey, 3005);
  expect(offered({ ...service, prefer: 3003 }).slice(0, 2)).toEqual([3003, 3005]);
});

test('ports given back come after ports that nobody had, the longest ago first', () => {
  for (const port of [3001, 3003, 3004]) release(port);
  release(3001);
  expect(offered()).toEqual([3002, 3000, 3005, 3003, 3004, 3001]);
});

test('a port that another service is used to comes last', () => {
  sources.affinities.remember(affinityKey('/other', 'dev', 'web') ?? '', 3002);
  expect(offered(service)).toEqual([3000, 3001, 3003, 3004, 3005, 3002]);
});

describe('ports that are kept for other services', () => {
  const DAY = 86_400_000;
  const keep = (port: number, at?: number): void =>
    sources.affinities.remember(affinityKey(`/other-${port}`, 'dev', 'web') ?? '', port, { at });

  test('are given away when no other is left, first the one that is unused for longest', () => {
    for (const [port, at] of [
      [3002, 50],
      [3000, 30],
      [3001, 10],
      [3003, 20],
      [3004, 40],
      [3005, 60],
    ] as const)
      keep(port, at);
    expect(offered({}, 100)).toEqual([3001, 3003, 3000, 3004, 3002, 3005]);
  });

  test('are kept for two weeks after their service listened, if everybody tries them early, else for good', () => {
    for (const port of [3002, 3000, 3001, 3003]) keep(port, 0);
    expect(offered({}, 14 * DAY)).toEqual([3004, 3005, 3002, 3000, 3001, 3003]);
    expect(offered({}, 14 * DAY + 1)).toEqual([3002, 3000, 3004, 3005, 3001, 3003]);
    expect(offered({ toolDefault: 3003 }, 14 * DAY + 1)[0]).toBe(3003);
  });

  test('count as used now where an older version has not written down when', () => {
    keep(3002);
    expect(offered({}, 100 * DAY).at(-1)).toBe(3002);
  });
});

test('a port in quarantine comes last until its time is over', () => {
  sources.quarantine.add(3002, 0);
  expect(offered({}, 99).at(-1)).toBe(3002);
  expect(offered({}, 100)[0]).toBe(3002);
});

test('a port that just failed for the asker is not offered, not even as a wish', () => {
  expect(offered({ avoid: [3002, 3000], prefer: 3000 })).toEqual([3001, 3003, 3004, 3005]);
});

test('leased, reserved and browser-refused ports are never offered', () => {
  const web = serviceType('web', 6664, 6670);
  sources = sourcesFor([web], [6670]);
  expect(portsOffered({ type: 'web', force: true }, web, sources)).toEqual([6664]);
  sources.leases.add(lease(6664, { type: 'web' }));
  expect(portsOffered({ type: 'web' }, web, sources)).toEqual([]);
});

test('a port that is leased while the list is walked is skipped', () => {
  const walk = candidatePorts(request(), dev, sources, 0);
  expect(walk.next().value?.port).toBe(3002);
  sources.leases.add(lease(3000));
  expect(walk.next().value?.port).toBe(3001);
});

describe("the port of an instance's template", () => {
  test.each([
    [0, [3002, 3000, 3001]],
    [1, [3000, 3002, 3001]],
  ])('%i is tried before the other preferred ports', (preferredAt, first) => {
    expect(offered({ preferredAt }).slice(0, 3)).toEqual(first);
  });

  test('counts from the start of the range where there are fewer preferred ports', () => {
    expect(offered({ preferredAt: 3 })).toEqual([3003, 3002, 3000, 3001, 3004, 3005]);
    expect(offered({ preferredAt: 6 })).toEqual(offered());
  });

  test('comes after a wish, and before what the service had in another instance', () => {
    sources.affinities.remember(webKey, 3005);
    expect(offered({ preferredAt: 1, ...service, prefer: 3004 }).slice(0, 3)).toEqual([3004, 3000, 3005]);
  });

  test('is left to the service that is used to it', () => {
    sources.affinities.remember(webKey, 3000);
    expect(offered({ preferredAt: 1 })[0]).toBe(3002);
  });
});
