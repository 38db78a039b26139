import { closeSync, openSync, readSync } from 'node:fs';
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
  const reader = createSealedReader((record) => void records.push(record));
  reader.read(bytes);
  return { records, damagedBytes: reader.end() };
}

/** Bytes of a file that are read at once. */
const PIECE = 1024 * 1024;

/**
 * The same of a file, some records at a time: a log that was never compacted may be larger than memory has room for.
 * @param found told each intact record, in order
 * @returns bytes that belong to no intact record
 * @throws the system's error (ENOENT, EACCES, EISDIR...)
 */
export function readSealedFile(path: string, found: (record: unknown) => void): number {
  const reader = createSealedReader(found);
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      // A damaged length may make all that follows wait: then pieces grow with it, so that it is not copied too often.
      const piece = Buffer.allocUnsafe(Math.max(PIECE, reader.waiting));
      const length = readSync(fd, piece);
      if (length === 0) return reader.end();
      reader.read(piece.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}

interface SealedReader {
  /** Bytes of a record that is not complete. */
  readonly waiting: number;
  read(piece: Buffer): void;
  /** @returns bytes that belong to no intact record */
  end(): number;
}

/** Takes a log's bytes in any pieces. @param found told each intact record, in order */
export function createSealedReader(found: (record: unknown) => void): SealedReader {
  /** What was not read yet, with the byte before it. */
  let bytes: Buffer = Buffer.alloc(0);
  let position = 0;
  let isLost = false;
  let damaged = 0;

  function advance(isEnd: boolean): void {
    while (position < bytes.length) {
      const from = position;
      if (isLost) {
        position = nextStart(bytes, position);
        isLost = position === bytes.length;
        damaged += position - from;
        continue;
      }
      const head = headAt(bytes, position);
      if (!isEnd && mayGoOn(bytes, position, head)) return;
      const record = head && recordBehind(bytes, head);
      isLost = record === undefined;
      position = record?.end ?? position + 1;
      damaged += record && bytes[from] === RS ? 0 : 1;
      if (record) found(record.value);
    }
  }

  return {
    get waiting() {
      return bytes.length - position;
    },
    read(piece) {
      const kept = Math.max(position - 1, 0);
      bytes = kept === bytes.length ? piece : Buffer.concat([bytes.subarray(kept), piece]);
      position -= kept;
      advance(false);
    },
    end() {
      advance(true);
      return damaged;
    },
  };
}

/** A record may have lost its RS to a flipped bit, so a line's start is tried as well. */
function nextStart(bytes: Buffer, from: number): number {
  for (let position = from; position < bytes.length; position++) {
    if (bytes[position] === RS) return position;
    if (bytes[position - 1] === LF) return position;
  }
  return bytes.length;
}

/** RS, seal and length with the spaces behind them. Bytes. */
const LONGEST_HEAD = 20;

interface Head {
  seal: string;
  jsonStart: number;
  jsonEnd: number;
}

function headAt(bytes: Buffer, start: number): Head | undefined {
  const text = bytes.toString('latin1', start, start + LONGEST_HEAD);
  const [head, seal = '', length] = /^.([0-9a-f]{8}) (\d{1,9}) /s.exec(text) ?? [];
  if (head === undefined) return undefined;
  const jsonStart = start + head.length;
  return { seal, jsonStart, jsonEnd: jsonStart + Number(length) };
}

/** The bytes end before the record does, or before its LF. */
function mayGoOn(bytes: Buffer, start: number, head: Head | undefined): boolean {
  return bytes.length - start < LONGEST_HEAD || (head !== undefined && head.jsonEnd >= bytes.length);
}

function recordBehind(
  bytes: Buffer,
  { jsonStart, jsonEnd, ...head }: Head,
): { value: unknown; end: number } | undefined {
  const json = bytes.subarray(jsonStart, jsonEnd);
  if (jsonEnd > bytes.length || seal(json) !== head.seal) return undefined;
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
