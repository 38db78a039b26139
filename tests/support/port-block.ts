import { createServer, type Server } from 'node:net';

/** Ports that no service type has by default and that lie below every system's ephemeral range. */
const [LOWEST, HIGHEST] = [12_000, 31_900];
const WIDTH = 100;

/** A row of ports that no other test uses meanwhile; `first` and `last` are included. */
export interface PortBlock {
  readonly first: number;
  readonly last: number;
  release(): void;
}

/**
 * Daemons of several homes know nothing of each other, so tests that run side by side lease from rows of their own.
 * Whoever listens on the port before the first one has the row: the kernel decides, and a killed test gives it back.
 */
export async function claimPortBlock(): Promise<PortBlock> {
  const rows = (HIGHEST - LOWEST) / WIDTH;
  const start = Math.floor(Math.random() * rows);
  for (let turn = 0; turn < rows; turn++) {
    const base = LOWEST + ((start + turn) % rows) * WIDTH;
    const claim = await listen(base, '127.0.0.1');
    if (!claim) continue;
    const [first, last] = [base + 1, base + WIDTH - 1];
    if (await allFree(first, last)) return { first, last, release: () => void claim.close() };
    claim.close();
  }
  throw new Error(`every row of ${WIDTH} ports from ${LOWEST} to ${HIGHEST} is in use`);
}

async function allFree(first: number, last: number): Promise<boolean> {
  for (let port = first; port <= last; port++) {
    const server = await listen(port, '::');
    if (!server) return false;
    await new Promise((resolve) => server.close(resolve));
  }
  return true;
}

function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((outsider) => outsider.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server.unref()));
  });
}
