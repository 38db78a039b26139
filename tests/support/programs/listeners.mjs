// Listens on as many ports as it is told, any that are free, and says so. `listeners.mjs COUNT`
import { createServer } from 'node:net';

const count = Number(process.argv[2]);
let listening = 0;
for (let each = 0; each < count; each += 1) {
  createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', () => {
    listening += 1;
    if (listening === count) console.log('listening');
  });
}

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
