import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/project.ts';

/** What was seen to be true, by the key of its row, or by the name of a program that has none. */
const FILE = join(ROOT, 'tests/e2e/tools/proven.json');

type Proven = Record<string, { version: string; date: string }>;

/** Notes that every way of this tool was run and passed. */
export function record(key: string, version: string): void {
  const all = JSON.parse(readFileSync(FILE, 'utf8')) as Proven;
  const date = new Date().toISOString().slice(0, 10);
  const next = { ...all, [key]: { version, date } };
  const sorted = Object.fromEntries(Object.entries(next).toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
}
