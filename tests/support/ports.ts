import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isPortFree } from '../../src/system/ports/probe.ts';

const BLOCK = 400;
/** Above all built-in ranges, below the ports that the kernel gives to outgoing connections. */
const [FIRST_BLOCK, LAST_BLOCK] = [12_000 / BLOCK, 32_400 / BLOCK];

/** Ports in a row that nobody uses, for this test file alone. */
export interface PortBlock extends AsyncDisposable {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds a block of ports that are all free. Its lowest port is listened on as long as the block is in use: files that
 * run at the same time, in whichever process, get blocks of their own.
 */
export async function claimPorts(): Promise<PortBlock> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const start = BLOCK * (FIRST_BLOCK + Math.floor(Math.random() * (LAST_BLOCK - FIRST_BLOCK)));
    const claim = await listenOn(start, '::').catch(() => undefined);
    if (!claim) continue;
    const block = { first: start + 1, last: start + BLOCK - 1 };
    if (await areFree(block)) return { ...block, [Symbol.asyncDispose]: () => close(claim) };
    await close(claim);
  }
  throw new Error('no block of free ports was found');
}

async function areFree({ first, last }: Pick<PortBlock, 'first' | 'last'>): Promise<boolean> {
  for (let port = first; port <= last; port += 1) if (!(await isPortFree(port))) return false;
  return true;
}

export async function listenOn(port: number, host: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: false }, resolve);
  });
  return server;
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

/** An address of this machine that other machines can reach, if it has one. */
export const lanAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
