// A server for chaos: `server.mjs obey|stubborn|wander PORT|leave`. It says once on stdout who it is.
//   obey: listens on PORT of the environment; stubborn: the same, and ignores SIGTERM;
//   wander: listens on the port it is told, whatever PORT says; leave: puts itself in the background and goes on there.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const [manner, where] = process.argv.slice(2);
const port = Number(manner === 'wander' ? where : process.env.PORT);
// Whatever happens to those who started it, it does not stay for long.
setTimeout(() => process.exit(99), Number(process.env.CHAOS_LIFETIME_MS ?? 60_000));

if (manner === 'leave') {
  const self = fileURLToPath(import.meta.url);
  const server = spawn(process.execPath, [self, 'obey'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  server.stdout.once('data', (line) => {
    process.stdout.write(line, () => process.exit(0));
  });
} else {
  if (manner === 'stubborn') process.on('SIGTERM', () => {});
  const self = { pid: process.pid, port, lockId: process.env.STYXY_LOCK_ID ?? null };
  const server = createServer((socket) => socket.destroy());
  server.once('error', () => process.exit(98));
  server.listen(port, () => process.stdout.write(`${JSON.stringify(self)}\n`));
  process.stdout.on('error', () => {});
}
