/** A machine with many sockets: listens on argv[2] ports that the system gives, and on all from argv[3] to argv[4]. */
import { createServer } from 'node:net';

const [many, from, to] = process.argv.slice(2).map(Number);
const listen = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    // One that somebody else has is no loss.
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
for (let index = 0; index < many; index++) await listen(0);
for (let port = from; port <= to; port++) await listen(port);
process.send('listening');
