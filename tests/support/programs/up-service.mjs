// A service of a project: `up-service.mjs <what it does> [argument]`. It tells its ports, and its end.
import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , what = 'serve', argument = ''] = process.argv;
const { PORT, API_PORT, WEB_PORT, STYXY_SERVICE: name, JOURNAL } = process.env;
const note = (text) => JOURNAL && appendFileSync(JOURNAL, `${name} ${text}\n`);

note(`starts ${process.pid}`);
console.log(`PORT=${PORT} API_PORT=${API_PORT} WEB_PORT=${WEB_PORT}`);
process.on('SIGTERM', () => {
  if (what === 'deaf') return;
  note('ends');
  process.exit(0);
});

const actions = {
  serve,
  deaf: serve,
  // Listens, and answers with this status until the file is there.
  unhealthy: serve,
  hangs: () => setInterval(() => undefined, 1000),
  dies: () => {
    console.error(argument || 'no database');
    process.exit(3);
  },
  // Fails at its first start, serves at the second.
  recovers: () => {
    if (!existsSync(argument)) {
      appendFileSync(argument, '');
      process.exit(1);
    }
    serve();
  },
  // Fails until the file is there.
  mended: () => (existsSync(argument) ? serve() : process.exit(1)),
  // Serves until it is asked for /die.
  mortal: serve,
  // Prints a line without an end.
  begins: () => {
    process.stdout.write(argument);
    setInterval(() => undefined, 1000);
  },
  prints: () => {
    console.log('\u001b[32mcounting\u001b[0m 10%\rcounting 100%');
    console.log('database system is \u001b[1mready\u001b[0m to accept connections');
    setInterval(() => undefined, 1000);
  },
};
actions[what]();

function serve() {
  const server = createServer(({ url }, response) => {
    if (what === 'mortal' && url === '/die') process.exit(7);
    if (what === 'unhealthy' && !existsSync(argument)) response.statusCode = 503;
    response.end(`${name} ${process.pid}`);
  });
  server.listen(Number(PORT), '127.0.0.1', () => {
    note('listens');
    console.log('serving');
  });
}
