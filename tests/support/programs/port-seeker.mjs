// Says its port, waits for the file PREFIX-PORT, then listens; ends with a code of its own when the port is taken.
// `port-seeker.mjs PREFIX CODE_WHEN_TAKEN`
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

const [prefix, codeWhenTaken] = process.argv.slice(2);
const port = Number(process.env.PORT);
console.log(`start ${port}`);

const server = createServer((_, response) => response.end());
server.once('error', (error) => {
  console.log(error.code);
  process.exit(Number(codeWhenTaken));
});
const waiting = setInterval(() => {
  if (!existsSync(`${prefix}-${port}`)) return;
  clearInterval(waiting);
  server.listen({ port, host: '127.0.0.1' }, () => console.log(`listening ${port}`));
}, 10);

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
