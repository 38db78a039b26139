// Leases a port of each service type it is told, all at once: node ask-for-types.mjs SOCKET TYPE... Prints the answers as JSON.
import { request } from 'node:http';

const [socketPath, ...types] = process.argv.slice(2);

const ask = (type) =>
  new Promise((resolve, reject) => {
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const asked = request({ socketPath, method: 'POST', path: '/allocate', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text)));
    });
    asked.on('error', reject);
    asked.end(JSON.stringify({ service_type: type, ttl_ms: 3_600_000 }));
  });

console.log(JSON.stringify(await Promise.all(types.map(ask))));
