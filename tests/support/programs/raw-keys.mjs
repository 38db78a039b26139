// Sets the terminal to raw mode and records each key it reads, until `q`. `raw-keys.mjs JOURNAL`
import { appendFileSync } from 'node:fs';

const record = (event) => appendFileSync(process.argv[2], `${JSON.stringify({ event, pid: process.pid })}\n`);

process.stdin.setRawMode(true);
process.stdin.on('data', (bytes) => {
  for (const byte of bytes) record(`key ${byte}`);
  if (!bytes.includes('q')) return;
  process.stdin.setRawMode(false);
  process.exit(0);
});
record('ready');
