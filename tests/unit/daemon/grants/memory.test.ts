import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { createMemory, type Memory } from '../../../../src/daemon/grants/memory.ts';
import type { ToldPorts } from '../../../../src/daemon/grants/told.ts';
import { affinityKey } from '../../../../src/domain/affinity.ts';
import { lease } from '../../../support/leases.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { quietMachine } from '../../../support/machine.ts';

const keyIn = (project: string, name = 'web'): string => affinityKey(project, 'dev', name) ?? '';

let books: TestLedger;
let told: ToldPorts;
let removed: Set<string>;
let asked: string[];
let now: number;
let memory: Memory;
beforeEach(() => {
  books = ledgerFor();
  [told, removed, asked, now] = [new Map(), new Set(), [], 0];
  const machine = quietMachine({
    async findFolder(path) {
      asked.push(path);
      return removed.has(path) ? 'gone' : 'there';
    },
  });
  memory = createMemory({ ...books, machine, told, uptime: () => now, log: silentLogger });
});

const keys = (): string[] => Array.from(books.state.affinities.all(), ({ key }) => key);

test('the services of a worktree that was removed are forgotten with one question, and written down so', async () => {
  for (const name of ['web', 'api']) books.ledger.remember(keyIn('/gone', name), 3000);
  books.ledger.remember(keyIn('/here'), 3001);
  await new Promise(setImmediate);
  removed.add('/gone');
  asked = [];
  expect(await memory.forgetGone(keys())).toBe(true);
  expect([keys(), asked]).toEqual([[keyIn('/here')], ['/gone', '/here']]);
  expect(books.written.filter(({ op }) => op === 'forget')).toHaveLength(2);
  expect(await memory.forgetGone(keys())).toBe(false);
});

test('a worktree that was never there, as seen from here, is not missed', async () => {
  removed.add('/elsewhere');
  books.ledger.remember(keyIn('/elsewhere'), 3000);
  await new Promise(setImmediate);
  expect(books.written).toMatchObject([{ op: 'affinity', ports: [3000] }]);
  asked = [];
  expect(await memory.forgetGone(keys())).toBe(false);
  expect([keys().length, asked]).toEqual([1, []]);
});

test('a worktree in which something lives is not looked for, nor that of the machine', async () => {
  books.ledger.remember(keyIn('/live'), 3000);
  books.ledger.remember(keyIn(''), 3002);
  books.ledger.add(lease(3005, { project: '/live', name: 'other' }));
  await new Promise(setImmediate);
  for (const path of ['/live', '']) removed.add(path);
  asked = [];
  expect(await memory.forgetGone(keys())).toBe(false);
  expect([keys().length, asked]).toEqual([2, []]);
});

test('what a forgotten service was told does not hold any more', () => {
  told.set(3000, { key: keyIn('/a'), until: 100, reason: undefined });
  told.set(3001, { key: keyIn('/b'), until: 100, reason: undefined });
  memory.forget(keyIn('/a'));
  expect([...told.keys()]).toEqual([3001]);
});

test('all are looked for in time, twenty a minute at most', async () => {
  for (let index = 0; index < 50; index++) books.ledger.remember(keyIn(`/w${index}`), 3000 + index);
  await new Promise(setImmediate);
  asked = [];
  const counts: number[] = [];
  for (const minute of [0, 0.5, 1, 2, 3]) {
    now = minute * 60_000;
    memory.forgetSomeGone();
    await new Promise(setImmediate);
    counts.push(asked.length);
  }
  expect(counts).toEqual([20, 20, 40, 50, 70]);
  expect(new Set(asked).size).toBe(50);
});
