/** What Node itself costs: an HTTP server on a Unix socket that answers each request with its own JSON body. */
const { createServer } = require('node:http');

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ? JSON.parse(body) : {}));
  });
}).listen(process.argv[2]);
