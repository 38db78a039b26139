import { request } from 'node:http';
import { parseContainers, type PublishedPort } from './containers.ts';

const TIMEOUT_MS = 300;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The published ports of the running containers, from the Docker engine behind a Unix socket (GET /containers/json).
 * @throws Error when it doesn't answer properly within 300 ms
 */
export async function readPublishedPorts(socketPath: string): Promise<PublishedPort[]> {
  return parseContainers(JSON.parse(await get(socketPath, '/containers/json')));
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
      (response) => {
        if (response.statusCode !== 200) {
          response.destroy();
          reject(new Error(`Docker answered ${response.statusCode}`));
          return;
        }
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          bytes += piece.length;
          if (bytes > MOST_BYTES) response.destroy(new Error('Docker answered too much'));
        });
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
