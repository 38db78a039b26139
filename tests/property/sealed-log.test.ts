import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSealedReader, readSealedLog, sealRecord } from '../../src/system/files/sealed-log.ts';
import { runs } from '../support/runs.ts';

/** What JSON keeps as it is. */
const value = fc.jsonValue().map((each) => JSON.parse(JSON.stringify(each)) as unknown);
const values = fc.array(value, { maxLength: 8 });
const noise = fc.uint8Array({ maxLength: 60, size: 'max' }).map((bytes) => Buffer.from(bytes));

const texts = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record));

/** The one list is in the other, in its order. */
function isWithin(part: readonly string[], all: readonly string[]): boolean {
  let position = 0;
  for (const each of all) if (each === part[position]) position += 1;
  return position === part.length;
}

test('any records come back as they were', () => {
  fc.assert(
    fc.property(values, (records) => {
      expect(readSealedLog(Buffer.concat(records.map(sealRecord)))).toEqual({ records, damagedBytes: 0 });
    }),
  );
});

test('any bytes can be read without a failure, and their damage is not more than they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const { damagedBytes } = readSealedLog(Buffer.from(bytes));
      expect(damagedBytes).toBeGreaterThanOrEqual(0);
      expect(damagedBytes).toBeLessThanOrEqual(bytes.length);
    }),
  );
});

test('rubbish between records costs none of them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, value), { maxLength: 6 }), noise, (pieces, tail) => {
      const bytes = Buffer.concat([
        ...pieces.flatMap(([rubbish, record]) => [rubbish, sealRecord(record)]),
        tail,
      ]);
      const found = texts(readSealedLog(bytes).records);
      expect(isWithin(texts(pieces.map(([, record]) => record)), found)).toBe(true);
    }),
  );
});

test('many wrong bytes cost the records they are in, and bring no others', () => {
  const wrongs = fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
  fc.assert(
    fc.property(values, wrongs, (records, changes) => {
      const seals = records.map(sealRecord);
      const bytes = Buffer.concat(seals);
      const hit = new Set<number>();
      for (const [place, byte] of changes) {
        if (bytes.length === 0) break;
        const offset = place % bytes.length;
        bytes[offset] = byte;
        let end = 0;
        hit.add(seals.findIndex((seal) => offset < (end += seal.length)));
      }
      const found = texts(readSealedLog(bytes).records);
      expect(isWithin(found, texts(records))).toBe(true);
      expect(isWithin(texts(records.filter((_, index) => !hit.has(index))), found)).toBe(true);
    }),
    runs(500),
  );
});

test('a part that got lost costs the records it touched', () => {
  fc.assert(
    fc.property(values, fc.nat(2000), fc.nat(2000), (records, one, other) => {
      const seals = records.map(sealRecord);
      const bytes = Buffer.concat(seals);
      const [from, to] = [one % (bytes.length + 1), other % (bytes.length + 1)].toSorted((a, b) => a - b) as [
        number,
        number,
      ];
      const found = texts(
        readSealedLog(Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])).records,
      );
      let start = 0;
      const untouched = records.filter((_, index) => {
        const end = start + seals[index]!.length;
        const isWhole = end <= from || start >= to;
        start = end;
        return isWhole;
      });
      expect(isWithin(texts(untouched), found)).toBe(true);
    }),
    runs(500),
  );
});

test('whatever the bytes are, pieces of them give what the whole gives', () => {
  const rubbish = fc.oneof(noise, value.map(sealRecord), fc.constant(sealRecord('cut').subarray(0, 22)));
  const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(rubbish, { maxLength: 8 }), cuts, (parts, places) => {
      const bytes = Buffer.concat(parts);
      const records: unknown[] = [];
      const reader = createSealedReader((record) => void records.push(record));
      const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
      let start = 0;
      for (const end of ends.toSorted((a, b) => a - b)) {
        reader.read(bytes.subarray(start, end));
        start = end;
      }
      expect({ damagedBytes: reader.end(), records }).toEqual(readSealedLog(bytes));
    }),
    runs(500),
  );
});
