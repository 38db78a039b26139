import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readSealedLog, sealRecord } from '../../../../src/system/files/sealed-log.ts';

const values = [
  { op: 'header', schema: 1 },
  { op: 'lease', port: 3000, name: 'wéb \u001e \n "x"' },
  'text',
  { op: 'end', id: '😀'.repeat(3) },
  [1, null, { deep: [true] }],
];
const seals = values.map(sealRecord);
const whole = Buffer.concat(seals);
const starts = seals.map((_, index) => seals.slice(0, index).reduce((sum, { length }) => sum + length, 0));
const recordAt = (offset: number): number => starts.findLastIndex((start) => start <= offset);

test('an intact log gives back every record, in order', () => {
  expect(readSealedLog(whole)).toEqual({ records: values, damagedBytes: 0 });
  expect(readSealedLog(Buffer.alloc(0))).toEqual({ records: [], damagedBytes: 0 });
});

test('a record is one line, whatever is in it', () => {
  for (const seal of seals) {
    expect(seal.indexOf(0x0a)).toBe(seal.length - 1);
    expect(seal.lastIndexOf(0x1e)).toBe(0);
  }
});

test('any wrong byte costs at most the record it is in, and is noticed', () => {
  for (let offset = 0; offset < whole.length; offset += 1) {
    const others = values.filter((_, index) => index !== recordAt(offset));
    for (const wrong of [
      0x00,
      0x0a,
      0x1e,
      0x20,
      0x30,
      0xff,
      ...[1, 2, 4, 16, 128].map((bit) => whole[offset]! ^ bit),
    ]) {
      if (wrong === whole[offset]) continue;
      const damaged = Buffer.from(whole);
      damaged[offset] = wrong;
      const { records, damagedBytes } = readSealedLog(damaged);
      const kept = others.every((value) =>
        records.some((record) => JSON.stringify(record) === JSON.stringify(value)),
      );
      const told = `byte ${offset} as ${wrong}: kept ${records.length}, damaged ${damagedBytes}`;
      expect(kept && damagedBytes > 0 && records.length <= values.length, told).toBe(true);
    }
  }
});

test('a log cut anywhere keeps each record that is complete', () => {
  // Without its last byte, the end of its line, a record is complete as well.
  const ends = seals.map(({ length }, index) => starts[index]! + length - 1);
  for (let length = 0; length <= whole.length; length += 1) {
    const { records, damagedBytes } = readSealedLog(whole.subarray(0, length));
    expect(records).toEqual(values.slice(0, ends.filter((end) => end <= length).length));
    const isBetweenRecords = length === 0 || ends.includes(length) || ends.includes(length - 1);
    expect(damagedBytes > 0, `cut at ${length}`).toBe(!isBetweenRecords);
  }
});

test('a torn record does not cost the one that is appended behind it', () => {
  for (let cut = 1; cut < seals[1]!.length; cut += 1) {
    const torn = Buffer.concat([seals[0]!, seals[1]!.subarray(0, cut), seals[2]!]);
    const { records } = readSealedLog(torn);
    expect(records[0]).toEqual(values[0]);
    expect(records.at(-1)).toEqual(values[2]);
  }
});

test('bytes lost in the middle cost the records they were in', () => {
  const cut = Buffer.concat([whole.subarray(0, starts[1]! + 5), whole.subarray(starts[3]! + 4)]);
  expect(readSealedLog(cut).records).toEqual([values[0], values[4]]);
});

describe('what is no log', () => {
  test.each([
    ['text', Buffer.from('hello\nworld\n')],
    ['zeros', Buffer.alloc(4096)],
    ['separators', Buffer.alloc(500, 0x1e)],
    ['ends of lines', Buffer.alloc(500, 0x0a)],
    ['a length beyond the end', Buffer.from('\u001e00000000 999999999 {}\n')],
    ['text under a right seal', Buffer.from(`\u001e${crc32('{oops').toString(16)} 5 {oops\n`)],
  ])('%s has no record and much damage', (_, bytes) => {
    expect(readSealedLog(bytes)).toEqual({ records: [], damagedBytes: bytes.length });
  });
});
