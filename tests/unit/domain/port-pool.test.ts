import { expect, test } from 'vitest';
import { createPortPool } from '../../../src/domain/port-pool.ts';

test('ports that nobody ever had come lowest first', () => {
  const pool = createPortPool([10, 13]);
  expect([...pool.fresh()]).toEqual([10, 11, 12, 13]);
  expect([...pool.returned()]).toEqual([]);
});

test('a taken port is offered by neither list', () => {
  const pool = createPortPool([10, 13]);
  pool.take(11);
  expect([...pool.fresh()]).toEqual([10, 12, 13]);
  expect([...pool.returned()]).toEqual([]);
});

test('a port given back last is offered last', () => {
  const pool = createPortPool([10, 13]);
  for (const port of [10, 11, 12]) pool.take(port);
  for (const port of [11, 10, 12]) pool.giveBack(port);
  expect([...pool.returned()]).toEqual([11, 10, 12]);
  pool.take(11);
  pool.giveBack(11);
  expect([...pool.returned()]).toEqual([10, 12, 11]);
});

test('a port that was ever used is never fresh again', () => {
  const pool = createPortPool([10, 12]);
  pool.giveBack(10);
  expect([...pool.fresh()]).toEqual([11, 12]);
  expect([...pool.returned()]).toEqual([10]);
});

test('ports outside of the range leave it as it is', () => {
  const pool = createPortPool([10, 11]);
  for (const port of [9, 12, 0, 65_535]) {
    pool.take(port);
    pool.giveBack(port);
  }
  expect([[...pool.fresh()], [...pool.returned()]]).toEqual([[10, 11], []]);
});

test('a pool of one port gives it, takes it back and gives it again', () => {
  const pool = createPortPool([65_535, 65_535]);
  expect([...pool.fresh()]).toEqual([65_535]);
  pool.take(65_535);
  expect([...pool.fresh(), ...pool.returned()]).toEqual([]);
  pool.giveBack(65_535);
  expect([...pool.fresh(), ...pool.returned()]).toEqual([65_535]);
});

test('a walk through fresh ports sees what is taken meanwhile', () => {
  const pool = createPortPool([10, 13]);
  const seen: number[] = [];
  for (const port of pool.fresh()) {
    seen.push(port);
    if (port === 10) pool.take(12);
  }
  expect(seen).toEqual([10, 11, 13]);
});
