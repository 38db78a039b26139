import { createServer } from 'node:http';

// The header says under which lease this server runs, so that a test can tell it from another checkout's.
const server = createServer((_request, response) => {
  response.setHeader('x-styxy-lock-id', process.env.STYXY_LOCK_ID ?? 'none');
  response.end('<h1>The app under test</h1>');
});

server.listen(Number(process.env.PORT), () => console.log(`listening on ${process.env.STYXY_URL}`));
