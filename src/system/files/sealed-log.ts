import { crc32 } from 'node:zlib';

/**
 * The format of the journal: JSON text sequences (RFC 7464) with a seal. Each record is
 *   RS  crc32 of the JSON (8 hex digits)  SP  its length in bytes  SP  JSON  LF
 * RS before and LF behind it find the next record again, and the length cuts it free, so that one wrong byte costs at
 * most the record it is in.
 */
const RS = 0x1e;
const LF = 0x0a;

export function sealRecord(value: unknown): Buffer {
  const json = JSON.stringify(value);
  return Buffer.from(`\u001e${seal(json)} ${Buffer.byteLength(json)} ${json}\n`);
}

export interface SealedLog {
  records: unknown[];
  /** Bytes that belong to no intact record. */
  damagedBytes: number;
}

/** Every intact record of a file's bytes, in order. */
export function readSealedLog(bytes: Buffer): SealedLog {
  const records: unknown[] = [];
  let intact = 0;
  let position = 0;
  while (position < bytes.length) {
    const record = recordAt(bytes, position);
    if (record) {
      records.push(record.value);
      intact += record.end - position - (bytes[position] === RS ? 0 : 1);
      position = record.end;
    } else position = nextStart(bytes, position + 1);
  }
  return { records, damagedBytes: bytes.length - intact };
}

/** A record may have lost its RS to a flipped bit, so a line's start is tried as well. */
function nextStart(bytes: Buffer, from: number): number {
  for (let position = from; position < bytes.length; position++) {
    if (bytes[position] === RS) return position;
    if (bytes[position - 1] === LF) return position;
  }
  return bytes.length;
}

function recordAt(bytes: Buffer, start: number): { value: unknown; end: number } | undefined {
  const head = /^.([0-9a-f]{8}) (\d{1,9}) /s.exec(bytes.toString('latin1', start, start + 20));
  if (!head) return undefined;
  const jsonStart = start + head[0].length;
  const jsonEnd = jsonStart + Number(head[2]);
  const json = bytes.subarray(jsonStart, jsonEnd);
  if (jsonEnd > bytes.length || seal(json) !== head[1]) return undefined;
  try {
    // The record counts even if the byte behind it is damaged; then it ends where the next may begin.
    return { value: JSON.parse(json.toString('utf8')), end: bytes[jsonEnd] === LF ? jsonEnd + 1 : jsonEnd };
  } catch {
    return undefined;
  }
}

function seal(json: Buffer | string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
