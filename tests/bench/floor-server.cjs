/**
 * The least that a server of leases has to do: each lease is probed by a bind and written to a journal with a checksum
 * before its answer. argv[2]: the socket, argv[3]: the journal.
 */
const { randomUUID } = require('node:crypto');
const { openSync, writeSync } = require('node:fs');
const { createServer } = require('node:http');
const net = require('node:net');
const { crc32 } = require('node:zlib');

const [FIRST, LAST] = [11_500, 32_499];
const [, , socket, journal] = process.argv;
const file = openSync(journal, 'a', 0o600);
const leases = new Map();
const ports = new Set();
let next = FIRST;

function write(record) {
  const json = JSON.stringify(record);
  writeSync(file, `\u001e${crc32(json).toString(16)} ${Buffer.byteLength(json)} ${json}\n`);
}

/** Without a name to look up, listen(2) has been called when `listen` returns. */
function isFree(port) {
  const server = net.createServer().on('error', () => undefined);
  server.listen({ port, exclusive: true });
  const found = server.listening;
  if (found) server.close();
  return found;
}

function lease(body) {
  let port;
  do {
    port = next;
    next = next === LAST ? FIRST : next + 1;
  } while (ports.has(port) || !isFree(port));
  const id = randomUUID();
  const granted = { lock_id: id, port, ...body, allocated_at: Date.now(), url: `http://localhost:${port}` };
  write({ op: 'lease', lease: granted });
  leases.set(id, granted);
  ports.add(port);
  return granted;
}

function end(id) {
  const ended = leases.get(id);
  write({ op: 'end', id });
  leases.delete(id);
  ports.delete(ended?.port);
  return ended ?? {};
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { method, url } = request;
    const answer =
      method === 'POST' ? lease(JSON.parse(body)) : method === 'DELETE' ? end(url.split('/').at(-1)) : {};
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: true, ...answer }));
  });
}).listen(socket);
