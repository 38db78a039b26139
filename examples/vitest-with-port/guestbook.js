import { once } from 'node:events';
import { createServer } from 'node:http';

/** A server with a state of its own: two tests that shared one by accident would see each other's guests. */
export async function startGuestbook(port) {
  const guests = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') guests.push(decodeURIComponent(request.url.slice(1)));
    response.setHeader('connection', 'close').end(JSON.stringify(guests));
  });
  server.listen(port);
  await once(server, 'listening');
  return {
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
