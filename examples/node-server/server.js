import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 3000);

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.end(`Hello from port ${port}.\n`);
});

server.listen(port, () => console.log(`listening on http://localhost:${port}`));
