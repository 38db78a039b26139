import { acquirePort } from './acquire-port.ts';
import type { PortLease, PortOptions } from './types.ts';

/**
 * Runs a function with a leased port and gives the port back when the function returns or throws.
 *
 * ```ts
 * await withPort({ name: 'api' }, async ({ port }) => { ... });
 * ```
 * @returns what the function returns @throws what the function throws, or as `acquirePort`
 */
export async function withPort<Result>(
  options: PortOptions,
  use: (lease: PortLease) => Result | Promise<Result>,
): Promise<Result> {
  const lease = await acquirePort(options);
  try {
    return await use(lease);
  } finally {
    await lease.release();
  }
}
