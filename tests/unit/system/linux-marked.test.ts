import { expect, test } from 'vitest';
import { findAllMarked, type MarkReader } from '../../../src/system/process/linux-marked.ts';

const SELF = { pid: process.pid, startTime: '1' };
const MARKED = 'STYXY_LOCK_ID=a\0';

/** Looks at this process alone, as these readings show it one after the other; the last one stays. */
async function find(...readings: readonly [environment: string, isChanging: boolean][]) {
  const left = [...readings];
  const read: MarkReader = {
    environmentOf: () => left[0]![0],
    isChangingProgram() {
      const [[, isChanging]] = left as [[string, boolean]];
      if (left.length > 1) left.shift();
      return isChanging;
    },
  };
  return findAllMarked(
    'STYXY_LOCK_ID',
    () => SELF,
    (pid) => pid === SELF.pid,
    read,
  );
}

test.runIf(process.platform === 'linux').each<[string, ...[string, boolean][]]>([
  ['is there', [MARKED, false]],
  ['comes between the two readings that would tell', ['', false], [MARKED, false]],
  ['takes its time', ...Array.from({ length: 12 }, (): [string, boolean] => ['', true]), [MARKED, false]],
])('a marked process is found where its environment %s', async (_, ...readings) => {
  expect(await find(...readings)).toEqual(new Map([['a', [SELF]]]));
});

test.runIf(process.platform === 'linux').each<[string, [string, boolean]]>([
  ['has no environment', ['', false]],
  ['never becomes another program', ['', true]],
])('a process that %s ends the search all the same', async (_, reading) => {
  expect(await find(reading)).toEqual(new Map());
});
