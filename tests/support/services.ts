import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import type { StyxyHome } from './home.ts';
import { waitFor } from './processes.ts';

const PROGRAM = fileURLToPath(new URL('./programs/gated-server.mjs', import.meta.url));

/** A server that listens when it is told to, and remembers how often it was started. */
export interface GatedService {
  readonly name: string;
  /** Its command; `variables` name its ports, PORT if there are none. */
  command(...variables: string[]): string[];
  /** From now on it listens at once. */
  open(): void;
  /** The pids of all its starts. */
  starts(): number[];
  leases(): Promise<Allocation[]>;
  /** Its lease, when its program listens. */
  bound(): Promise<Allocation>;
}

export function gatedService(home: StyxyHome, name: string): GatedService {
  const gate = () => join(home.place, `${name}.gate`);
  const leases = async () =>
    (await home.api.list()).allocations.filter(({ service_name: each }) => each === name);
  return {
    name,
    command: (...variables) => [process.execPath, PROGRAM, gate(), ...variables],
    open: () => writeFileSync(gate(), ''),
    starts: () =>
      existsSync(`${gate()}.starts`)
        ? readFileSync(`${gate()}.starts`, 'utf8').trim().split('\n').map(Number)
        : [],
    leases,
    bound: () =>
      waitFor(
        async () => (await leases()).find(({ state }) => state === 'bound'),
        20_000,
        `${name} to listen`,
      ),
  };
}
