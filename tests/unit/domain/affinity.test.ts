import { expect, test } from 'vitest';
import { affinityKey, createAffinities, serviceKey, serviceOf } from '../../../src/domain/affinity.ts';
import type { ServiceType } from '../../../src/domain/service-type.ts';
import { serviceType } from '../../support/leases.ts';

test('a port that the program takes whatever it is given comes first', () => {
  const affinities = createAffinities();
  for (const port of [3000, 3001]) affinities.remember('a', port);
  affinities.remember('a', 4321, { isFirst: true });
  affinities.remember('a', 3001, { isFirst: true });
  expect(affinities.portsOf('a')).toEqual([3001, 4321, 3000]);
  expect(affinities.ownerOf(4321)).toBe('a');
  const other = createAffinities();
  other.remember('a', 5000);
  other.restore(affinities.get('a')!, []);
  expect(other.portsOf('a')).toEqual([3001, 4321, 3000]);
});

test('the first port a service had stays its first wish', () => {
  const affinities = createAffinities();
  for (const port of [10, 11, 10, 12]) affinities.remember('web', port);
  expect(affinities.portsOf('web')).toEqual([10, 11, 12]);
});

test('a service remembers four ports, and the first is not pushed out', () => {
  const affinities = createAffinities();
  for (const port of [10, 11, 12, 13, 14, 15]) affinities.remember('web', port);
  expect(affinities.portsOf('web')).toEqual([10, 11, 12, 13]);
  expect(affinities.ownerOf(15)).toBeUndefined();
});

test('a port belongs to the service that used it last', () => {
  const affinities = createAffinities();
  affinities.remember('web', 10);
  affinities.remember('api', 10);
  expect(affinities.ownerOf(10)).toBe('api');
  expect(affinities.portsOf('web')).toEqual([10]);
});

test('a promise lasts until the service listens, and a service that has listened makes none', () => {
  const affinities = createAffinities();
  affinities.remember('web', 10, { isTold: true, at: 1 });
  affinities.remember('web', 10, { isHere: true, isTold: true });
  expect(affinities.get('web')).toEqual({ key: 'web', ports: [10], at: 1, isHere: true, isTold: true });
  affinities.remember('web', 10, { at: 2 });
  affinities.remember('web', 11, { isTold: true, at: 3 });
  expect(affinities.get('web')).toEqual({ key: 'web', ports: [10, 11], at: 3, isHere: true });
});

test('a service nobody heard of has no ports', () => {
  const affinities = createAffinities();
  expect([affinities.portsOf('web'), affinities.ownerOf(10)]).toEqual([[], undefined]);
});

function filled(services: number) {
  const affinities = createAffinities();
  for (let index = 0; index < services; index += 1) affinities.remember(`s${index}`, 10_000 + index);
  return affinities;
}

test('among very many services the one unused for longest is forgotten', () => {
  const most = [...filled(20_000).all()].length;
  expect(most).toBeLessThan(20_000);
  const affinities = filled(most);
  affinities.remember('s0', 10_000);
  affinities.remember('new', 9999);
  expect(affinities.portsOf('s0')).toEqual([10_000]);
  expect([affinities.portsOf('s1'), affinities.ownerOf(10_001)]).toEqual([[], undefined]);
  expect([...affinities.all()]).toHaveLength(most);
});

test('the key of a service tells worktree, type and name apart, whatever letters are in them', () => {
  const keys = [
    affinityKey('/a', 'dev', 'b'),
    affinityKey('/a', 'b', 'dev'),
    affinityKey('/a","dev', 'dev', 'b'),
    affinityKey('/a', 'dev', 'b","c'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect([affinityKey(undefined, 'dev', 'web'), affinityKey('/a', 'dev', undefined)]).toEqual([
    undefined,
    undefined,
  ]);
});

test('the port that a service had last without listening is tried again, and kept from nobody', () => {
  const affinities = createAffinities();
  affinities.noteLast('web', 10);
  expect([affinities.portsOf('web'), affinities.ownerOf(10)]).toEqual([[10], undefined]);
  affinities.remember('web', 11);
  expect(affinities.portsOf('web')).toEqual([11, 10]);
  expect(Array.from(affinities.all(), ({ key, ports }) => [key, ports])).toEqual([['web', [11]]]);
});

test('a port of a service that is forgotten is kept for the one that listened there before', () => {
  const affinities = createAffinities();
  for (const port of [10, 11]) affinities.remember('web', port);
  affinities.remember('api', 11);
  affinities.noteLast('web', 12);
  affinities.remember('old', 10);
  affinities.remember('web', 10);
  affinities.forget('web');
  expect([affinities.portsOf('web'), affinities.ownerOf(10), affinities.ownerOf(11)]).toEqual([
    [],
    'old',
    'api',
  ]);
});

test('a service that runs once on the machine is the same in every project, one of a project is not', () => {
  const keyIn = (project: string, own: Partial<ServiceType>) =>
    serviceKey(serviceType('ai', 1, 2, { behavior: 'single', ...own }), project, 'model');
  expect(keyIn('/a', {})).toBe(keyIn('/b', {}));
  expect(keyIn('/a', { singletonScope: 'project' })).not.toBe(keyIn('/b', { singletonScope: 'project' }));
  expect(serviceOf(keyIn('/a', {}) ?? '')).toEqual({ project: undefined, type: 'ai', name: 'model' });
});
