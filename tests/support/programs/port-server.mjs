// A server on PORT that answers who it is, and says that once on its stdout. `port-server.mjs [ignore-term]`
import { createServer } from 'node:http';

const { PORT, STYXY_LOCK_ID } = process.env;
const self = JSON.stringify({
  pid: process.pid,
  port: Number(PORT),
  lockId: STYXY_LOCK_ID ?? null,
  cwd: process.cwd(),
});
if (process.argv[2] === 'ignore-term') process.on('SIGTERM', () => {});
createServer((_, response) => response.end(self)).listen(Number(PORT), () => console.log(self));

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
