import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp.ts';

/** A path for a socket in a folder that goes with the calling test. */
export function socketPath(): string {
  const folder = tempDir();
  onTestFinished(folder.remove);
  return join(folder.path, 'daemon.sock');
}

/** Something that speaks HTTP on a Unix socket, for as long as the calling test runs. */
export async function httpOnSocket(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  path = socketPath(),
): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  await listen(server, path);
  onTestFinished(() => server.closeAllConnections());
  return path;
}

/** Something on a Unix socket that does with each connection what the test says. */
export async function rawOnSocket(
  onConnection: (socket: Socket) => void,
  path = socketPath(),
): Promise<string> {
  const open = new Set<Socket>();
  const server = createNetServer((socket) => {
    open.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  await listen(server, path);
  onTestFinished(() => open.forEach((socket) => socket.destroy()));
  return path;
}

async function listen(server: Server | ReturnType<typeof createNetServer>, path: string): Promise<void> {
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  onTestFinished(() => void server.close());
}
