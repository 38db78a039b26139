// Listens on the ports of the named variables as soon as the file GATE is there; every start adds its pid to GATE.starts.
// `gated-server.mjs GATE [VARIABLE...]`
import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';

const [gate, ...variables] = process.argv.slice(2);
appendFileSync(`${gate}.starts`, `${process.pid}\n`);
console.log(`waits for ${gate}`);

const looking = setInterval(() => {
  if (!existsSync(gate)) return;
  clearInterval(looking);
  for (const variable of variables.length > 0 ? variables : ['PORT']) {
    const port = Number(process.env[variable]);
    createServer((_, response) => response.end(String(process.pid))).listen(port, () =>
      console.log(`${variable} listens on ${port}`),
    );
  }
}, 20);

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
