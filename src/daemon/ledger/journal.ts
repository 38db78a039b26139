import { rmSync } from 'node:fs';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';
import type { JournalRecord } from '../../domain/records.ts';
import { openAppendFile, type AppendFile } from '../../system/files/append-file.ts';
import { cantWrite } from '../../system/files/cant-write.ts';
import { discardDraft, draftOf, putInPlace, syncDraft } from '../../system/files/replace.ts';
import { toRecord } from './record-shapes.ts';
import { readSealedFile, sealRecord } from '../../system/files/sealed-log.ts';

/** Raised when the records change their meaning; a daemon refuses to touch a journal newer than itself. */
const SCHEMA = 2;
/** Compact when the journal has grown by this much and at least doubled. Bytes. */
const GROWTH_BEFORE_COMPACTION = 256 * 1024;
/** Records written between two turns of the event loop while compacting, so that requests are not kept waiting. */
const RECORDS_PER_TURN = 100;

interface Header {
  readonly op: 'header';
  readonly schema: number;
  /** Leases belong to this boot of the machine; after another one they are void. */
  readonly boot: string;
}

export interface JournalContent {
  /** Records that this version knows. */
  count: number;
  /** undefined: the header is lost. */
  boot: string | undefined;
  damagedBytes: number;
  /** Intact records that are none that this version could have written. */
  strange: number;
}

/**
 * Reads a journal record by record: what was never compacted may be large.
 * @param found told each record that this version knows, in order
 * @throws StyxyError STATE_UNWRITABLE when it can't be read, or was written by a newer version
 */
export function readJournal(path: string, found: (record: JournalRecord) => void): JournalContent {
  const content: JournalContent = { count: 0, boot: undefined, damagedBytes: 0, strange: 0 };
  const take = (sealed: unknown): void => {
    if (isHeader(sealed)) {
      if (sealed.schema > SCHEMA) throw ofNewerVersion(path, sealed.schema);
      content.boot ??= sealed.boot;
      return;
    }
    const record = toRecord(sealed);
    if (record) found(record);
    content[record ? 'count' : 'strange'] += 1;
  };
  try {
    content.damagedBytes = readSealedFile(path, take);
  } catch (error) {
    if (error instanceof StyxyError) throw error;
    if (systemCode(error) !== 'ENOENT')
      throw new StyxyError('STATE_UNWRITABLE', `can't read ${path}`, { why: messageOf(error), cause: error });
  }
  return content;
}

const ofNewerVersion = (path: string, schema: number): StyxyError =>
  new StyxyError('STATE_UNWRITABLE', `${path} was written by a newer version of styxy`, {
    why: `it has schema ${schema}, this version knows ${SCHEMA}`,
    hint: 'use the newer version, or point STYXY_HOME to another folder',
  });

const isHeader = (record: unknown): record is Header =>
  hasOp(record) && record.op === 'header' && 'schema' in record && 'boot' in record;
function hasOp(record: unknown): record is { op: string } {
  return typeof record === 'object' && record !== null && 'op' in record && typeof record.op === 'string';
}

export interface Journal {
  /** Returns when the record has left this process: it survives any kill. @throws StyxyError STATE_UNWRITABLE */
  append(record: JournalRecord): void;
  /** Rewrites the journal as one record for each thing alive. */
  compact(): Promise<void>;
  /** The file that is written to still has its name. */
  isInPlace(): boolean;
  close(): Promise<void>;
}

/**
 * Opens the journal for writing, replacing what is there by a compacted one.
 * @param alive what to keep, asked anew at each compaction
 * @throws StyxyError STATE_UNWRITABLE
 */
export async function openJournal(
  path: string,
  boot: string,
  alive: () => Iterable<JournalRecord>,
): Promise<Journal> {
  const draft = draftOf(path);
  let current: AppendFile | undefined;
  /** While a compaction runs, every record goes to both files, so that either may be the one that survives. */
  let next: AppendFile | undefined;
  let nextFailed: unknown;
  let compacting: Promise<void> | undefined;
  let compactedSize = 0;

  async function compact(): Promise<void> {
    let file: AppendFile | undefined;
    let onDisk: Promise<void>;
    try {
      rmSync(draft, { force: true });
      file = next = openAppendFile(draft);
      nextFailed = undefined;
      file.append(sealRecord({ op: 'header', schema: SCHEMA, boot } satisfies Header));
      await writeInTurns(file, alive());
      await syncDraft(path);
      if (nextFailed !== undefined) throw nextFailed;
      // No turn of the event loop between the check above and the exchange: no record can slip between the files.
      onDisk = putInPlace(path);
    } catch (error) {
      next = undefined;
      file?.close();
      compactedSize = current?.size ?? 0;
      discardDraft(path);
      throw cantWrite(path, error);
    }
    current?.close();
    current = file;
    next = undefined;
    compactedSize = file.size;
    await onDisk;
  }

  function compactOnce(): Promise<void> {
    compacting ??= compact().finally(() => (compacting = undefined));
    return compacting;
  }

  await compactOnce();

  return {
    append(record) {
      const bytes = sealRecord(record);
      if (!current) throw new StyxyError('DAEMON_STOPPING', 'the daemon is stopping');
      try {
        current.append(bytes);
      } catch (error) {
        throw cantWrite(path, error);
      }
      try {
        next?.append(bytes);
      } catch (error) {
        nextFailed = error;
      }
      const grown = current.size - compactedSize;
      if (grown > Math.max(GROWTH_BEFORE_COMPACTION, compactedSize)) compactOnce().catch(() => undefined);
    },
    compact: compactOnce,
    isInPlace: () => compacting !== undefined || current === undefined || current.isAt(path),
    async close() {
      await compacting?.catch(() => undefined);
      current?.close();
      current = undefined;
    },
  };
}

async function writeInTurns(file: AppendFile, records: Iterable<JournalRecord>): Promise<void> {
  let batch: Buffer[] = [];
  for (const record of records) {
    batch.push(sealRecord(record));
    if (batch.length < RECORDS_PER_TURN) continue;
    file.append(Buffer.concat(batch));
    batch = [];
    await new Promise(setImmediate);
  }
  file.append(Buffer.concat(batch));
}
