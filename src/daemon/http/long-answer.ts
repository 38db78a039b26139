import type { ServerResponse } from 'node:http';
import { inSlices } from '../../system/slices.ts';
import { writeHead } from './respond.ts';

/** Longer lists are written in slices: one of MOST_ENTRIES leases takes about a millisecond. */
const MOST_ENTRIES = 100;
/** Characters written at a time; V8 puts larger strings into the old generation, whose collection costs long pauses. */
const PIECE_LENGTH = 16 * 1024;

/** The value has a list that is too long to be turned into JSON between two requests. */
export function isLong(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((part) => Array.isArray(part) && part.length > MOST_ENTRIES);
}

/** Sends the same bytes as JSON.stringify would give, made and written in slices. */
export async function sendLong(response: ServerResponse, value: object): Promise<void> {
  const pieces = await toBytes(value);
  writeHead(response, 200, {
    'content-type': 'application/json',
    'content-length': pieces.reduce((sum, { length }) => sum + length, 0),
  });
  await inSlices(pieces, (piece) => void (response.destroyed || response.write(piece)));
  response.end();
}

async function toBytes(value: object): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let text = '{';
  const add = (more: string): void => {
    text += more;
    if (text.length < PIECE_LENGTH) return;
    pieces.push(Buffer.from(text));
    text = '';
  };

  const members = Object.entries(value).filter(([, part]) => part !== undefined);
  for (const [index, [name, part]] of members.entries()) {
    add(`${index === 0 ? '' : ','}${JSON.stringify(name)}:`);
    if (!Array.isArray(part)) {
      add(JSON.stringify(part));
      continue;
    }
    await inSlices(part.entries(), ([at, entry]) => add(`${at === 0 ? '[' : ','}${JSON.stringify(entry)}`));
    add(part.length === 0 ? '[]' : ']');
  }
  pieces.push(Buffer.from(`${text}}`));
  return pieces;
}
