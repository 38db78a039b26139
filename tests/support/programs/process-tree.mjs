// A server below a parent, and a helper that left the tree: `process-tree.mjs JOURNAL [ignore-term]`
// parent -> server on PORT; parent -> (intermediate, ends at once) -> helper in a session of its own
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const [journal, manners = '', role = 'parent'] = process.argv.slice(2);
const start = (next, detached) =>
  spawn(process.execPath, [self, journal, manners, next], { stdio: 'ignore', detached });
const record = () => appendFileSync(journal, `${JSON.stringify({ event: role, pid: process.pid })}\n`);

if (manners === 'ignore-term') process.on('SIGTERM', () => {});
if (role === 'intermediate') {
  start('helper', true).unref();
} else {
  // No failed test leaves it behind for long.
  setTimeout(() => process.exit(99), 100_000);
  if (role === 'parent') {
    start('server', false);
    start('intermediate', true);
  }
  if (role === 'server') createServer((_, response) => response.end()).listen(process.env.PORT, record);
  else record();
}
