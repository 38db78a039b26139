// A server that does not read PORT: it listens on its own port, and on PORT as well once the file COME is there.
// `elsewhere.mjs OWN_PORT COME`
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

const [own, come] = process.argv.slice(2);
const listen = (port) =>
  createServer((_, response) => response.end('here')).listen({ port: Number(port), host: '127.0.0.1' }, () =>
    console.log(`listening ${port}`),
  );
listen(own);
const waiting = setInterval(() => {
  if (!existsSync(come)) return;
  clearInterval(waiting);
  listen(process.env.PORT);
}, 10);

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
