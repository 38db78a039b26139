// Holds the lock and the socket of STYXY_HOME like a daemon, and hangs: its event loop never turns again.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const home = process.env.STYXY_HOME;
const socket = join(home, 'daemon.sock');
const stat = readFileSync('/proc/self/stat', 'utf8');
const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
rmSync(socket, { force: true });
createServer().listen(socket, () => {
  const file = {
    pid: process.pid,
    start_time: fields[19],
    boot_id: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    nonce: 'hung',
    version: '0.1.0',
    started_at: new Date().toISOString(),
    socket,
  };
  writeFileSync(join(home, 'daemon.pid'), JSON.stringify(file));
  process.on('SIGTERM', () => undefined);
  process.stdout.write('hangs\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
