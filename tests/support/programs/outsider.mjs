// Listens where it is told and says so. `outsider.mjs PORT HOST dual|v6only`
import { createServer } from 'node:net';

const [port, host, family] = process.argv.slice(2);
const server = createServer((socket) => socket.destroy());
server.once('error', (error) => {
  console.log(error.code);
  process.exit(1);
});
server.listen({ port: Number(port), host, ipv6Only: family === 'v6only' }, () => console.log('listening'));

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
